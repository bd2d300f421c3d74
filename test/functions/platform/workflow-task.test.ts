import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import {
  ApplicationClosed,
  ConcurrentChange,
  DocumentsMissing,
  Unavailable,
} from '#domain/shared/errors.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { invoke } from '#test/support/invoke.ts';

function taskThat(run: () => Promise<unknown>) {
  return workflowTask({ input: z.object({ id: z.string() }), dependencies: () => ({}), run });
}

describe('workflowTask', () => {
  it.each([
    { thrown: Object.assign(new Error('slow'), { name: 'TimeoutError' }), name: 'Unavailable' },
    {
      thrown: Object.assign(new Error('full'), { name: 'ThrottlingException' }),
      name: 'Unavailable',
    },
    { thrown: Object.assign(new Error('gone'), { code: 'ECONNRESET' }), name: 'Unavailable' },
    { thrown: new ConcurrentChange('changed'), name: 'ConcurrentChange' },
    { thrown: new TypeError('a bug'), name: 'TypeError' },
  ])('lets $thrown.message leave as $name', async ({ thrown, name }) => {
    const handler = taskThat(() => Promise.reject(thrown));
    await expect(invoke(handler, { id: 'a' })).rejects.toMatchObject({ name });
  });

  it.each([
    { thrown: new DocumentsMissing('no papers'), counted: ['DocumentsMissing'] },
    { thrown: new ApplicationClosed('withdrawn'), counted: ['ApplicationClosed'] },
    { thrown: new Unavailable('down'), counted: [] },
    { thrown: new TypeError('a bug'), counted: [] },
  ])('counts what it refuses by name, and no other error: $thrown.name', async (example) => {
    const { thrown, counted } = example;
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const handler = taskThat(() => Promise.reject(thrown));
    await expect(invoke(handler, { id: 'a' })).rejects.toBe(thrown);
    const lines = written.mock.calls.map(([line]) => String(line));
    written.mockRestore();
    const metrics = lines
      .filter((line) => line.includes('"_aws"'))
      .map((line) => JSON.parse(line) as { refusal: string; Refusals: number });
    expect(metrics.map(({ refusal }) => refusal)).toEqual(counted);
    for (const { Refusals } of metrics) expect(Refusals).toBe(1);
  });

  it('refuses a payload that does not fit before it builds anything', async () => {
    const handler = workflowTask({
      input: z.object({ id: z.string() }),
      dependencies: () => {
        throw new Error('built too early');
      },
      run: () => Promise.resolve({}),
    });
    await expect(invoke(handler, { id: 1 })).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  it('refuses to hand a document from state to state', async () => {
    const handler = taskThat(() => Promise.resolve({ text: '文'.repeat(11_000) }));
    await expect(invoke(handler, { id: 'a' })).rejects.toThrow('pass ids, not documents');
  });
});
