import { createTransport, type Transporter } from "nodemailer";
import type { Mail, Mailer } from "./mailer.ts";

/** A mail server that does not answer must not hold a job for long. */
const TIMEOUT_MS = 20_000;

/** Sends mails through an SMTP server. */
export class SmtpMailer implements Mailer {
  readonly #transport: Transporter;

  /**
   * @param url smtp://user:password@host:587, or smtps:// for TLS from the
   * first byte; `?ignoreTLS=true` for a server that cannot encrypt
   * @param from the sender of every mail
   */
  constructor(url: string, from: string) {
    this.#transport = createTransport({ url, pool: false, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS }, { from });
  }

  async send({ to, subject, text, html }: Mail): Promise<void> {
    await this.#transport.sendMail({ to, subject, text, html });
  }
}
