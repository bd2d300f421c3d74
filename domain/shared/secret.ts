const hidden = '***';
const inspect = Symbol.for('nodejs.util.inspect.custom');

/** A value that must not reach a log, an error or an event: every way of printing it gives three stars. */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The only way to the value, named so that a reader of the code stops here. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect](): string {
    return hidden;
  }

  [Symbol.toPrimitive](): string {
    return hidden;
  }
}
