import { ServiceError } from './service-errors.ts';

export const invalidPageToken = (): ServiceError =>
  new ServiceError('InvalidToken', `Invalid Token: 'Invalid token'`);

/** The place where the next page begins, as a caller is to send it back. */
export function makeToken(position: string): string {
  return Buffer.from(JSON.stringify([position])).toString('base64url');
}

/** Reads a token made here; any other is refused. */
export function readToken(token: string): string {
  try {
    const [position] = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[];
    if (typeof position === 'string') return position;
  } catch {
    // Refused below.
  }
  throw invalidPageToken();
}

/** The same for a list whose places are numbers. */
export function readPosition(token: string): number {
  const position = Number(readToken(token));
  if (Number.isInteger(position) && position >= 0) return position;
  throw invalidPageToken();
}
