const hookKey = Symbol.for('zhudai.crashPoint');

export type CrashPoint =
  | 'pay.after-intent'
  | 'pay.after-claim'
  | 'pay.before-bank'
  | 'pay.after-bank'
  | 'pay.after-settle'
  | 'order.after-intent'
  | 'order.after-claim'
  | 'order.before-bank'
  | 'order.after-bank'
  | 'order.after-settle'
  | 'signature.after-decision'
  | 'signature.before-answer'
  | 'signature.after-answer'
  | 'webhook.after-send'
  | 'day-close.before-loan'
  | 'day-close.after-loan';

type CrashHook = (name: CrashPoint) => unknown;

function isHook(value: unknown): value is CrashHook {
  return typeof value === 'function';
}

/**
 * Names a point at which the process may die. Nothing happens here unless a test or the one-machine host has set a hook;
 * the hook may throw, kill the process, or hold the caller back while others go on.
 */
export async function crashPoint(name: CrashPoint): Promise<void> {
  const hook: unknown = Reflect.get(globalThis, hookKey);
  if (isHook(hook)) await hook(name);
}
