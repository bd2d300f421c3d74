import { isContactHour, nextContactInstant } from '#domain/collections/contact-hours.ts';

/** Run under several TZ: prints what the rule says at its edges. */
const quiet = { from: '22:00', to: '08:00' };
const edges = ['21:59:59', '22:00:00', '07:59:59', '08:00:00'];
const verdicts = edges.map((time) => isContactHour(`2026-11-26T${time}+08:00`, quiet));
console.log(
  JSON.stringify({ verdicts, next: nextContactInstant('2026-11-26T22:00:00+08:00', quiet) }),
);
