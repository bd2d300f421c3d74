import { expect, it } from 'vitest';
import type { DeadLetter } from '#local/cli/dead-letters.ts';
import { DeadLetterWatch } from './dead-letter-watch.ts';

const letter: DeadLetter = {
  queue: 'zhudai-local-servicing-SweepOrdersDeadLetters',
  messageId: 'm-1',
  functionArn: undefined,
  outcome: 'Waiting',
};

/** A queue where a letter turns up at the second look. */
function queueWith(...looks: readonly (readonly DeadLetter[])[]) {
  const left = [...looks];
  return { list: () => Promise.resolve(left.shift() ?? []) };
}

it('ends a wait by the name of the queue as soon as a dead letter is there', async () => {
  const watch = new DeadLetterWatch('', queueWith([], [letter]));
  const endless = new Promise<never>(() => undefined);
  await expect(Promise.race([endless, watch.found])).rejects.toThrow(letter.queue);
});

it('leaves alone who waits for nothing any more', async () => {
  const watch = new DeadLetterWatch('', queueWith([], [letter]));
  watch.stop();
  const wait = new Promise((resolve) => setTimeout(resolve, 600, 'in time'));
  expect(await Promise.race([wait, watch.found])).toBe('in time');
});
