/** Receives one line of progress, without a newline. */
export type Report = (message: string) => void;
