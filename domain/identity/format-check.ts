/** The answer of a format check: the value as it is stored and compared, or why it is none. Never holds the bad value. */
export type FormatCheck =
  | { readonly isValid: true; readonly value: string }
  | { readonly isValid: false; readonly because: string };

/** A format that holds. */
export function valid(value: string): FormatCheck {
  return { isValid: true, value };
}

/** A format that does not hold, and why. */
export function invalid(because: string): FormatCheck {
  return { isValid: false, because };
}
