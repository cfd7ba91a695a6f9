interface Entry<Value> {
  readonly value: Value;
  readonly expiresAt: number;
}

/** Values kept in the process, bounded by number and by the characters of their texts: the longest unused one goes first. */
export class LocalStore<Value extends { readonly text: string }> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #maxEntries: number;
  readonly #maxCharacters: number;
  readonly #now: () => number;
  #characters = 0;

  constructor(limits: { maxEntries: number; maxCharacters: number }, now: () => number = Date.now) {
    this.#maxEntries = limits.maxEntries;
    this.#maxCharacters = limits.maxCharacters;
    this.#now = now;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#delete(key, entry);
    if (entry.expiresAt <= this.#now()) return undefined;
    this.#insert(key, entry); // now the one used last
    return entry.value;
  }

  set(key: string, value: Value, ttlMs: number): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#delete(key, old);
    if (value.text.length > this.#maxCharacters) return;
    this.#insert(key, { value, expiresAt: this.#now() + ttlMs });
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries && this.#characters <= this.#maxCharacters) return;
      this.#delete(oldest, entry);
    }
  }

  /** Forgets what has expired; gives how many it were. */
  clearExpired(): number {
    const expired = [...this.#entries].filter(([, { expiresAt }]) => expiresAt <= this.#now());
    for (const [key, entry] of expired) this.#delete(key, entry);
    return expired.length;
  }

  #insert(key: string, entry: Entry<Value>): void {
    this.#entries.set(key, entry);
    this.#characters += entry.value.text.length;
  }

  #delete(key: string, entry: Entry<Value>): void {
    this.#entries.delete(key);
    this.#characters -= entry.value.text.length;
  }
}
