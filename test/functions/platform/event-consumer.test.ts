import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ApplicationErased } from '#domain/shared/errors.ts';
import { eventConsumer, streamConsumer, type StreamRecord } from '#platform/event-consumer.ts';
import { invoke } from '#test/support/invoke.ts';

describe('eventConsumer', () => {
  const seen: unknown[] = [];
  const handler = eventConsumer({
    detail: z.object({ applicationId: z.string().startsWith('app_') }),
    dependencies: () => ({ prefix: 'of ' }),
    run: (detail, { prefix }, event) => {
      seen.push({ detail, event });
      return Promise.resolve(prefix + detail.applicationId);
    },
  });
  const event = (overrides: Record<string, unknown> = {}) => ({
    version: '0',
    id: 'event-1',
    'detail-type': 'ApplicationSubmitted',
    source: 'zhudai',
    detail: { applicationId: 'app_1', more: true },
    ...overrides,
  });

  it('hands over what the schema names, and which event it was', async () => {
    seen.length = 0;
    expect(await invoke(handler, event())).toBe('of app_1');
    expect(seen).toEqual([
      {
        detail: { applicationId: 'app_1' },
        event: { eventId: 'event-1', eventType: 'ApplicationSubmitted' },
      },
    ]);
  });

  it.each<[string, unknown]>([
    ['no event', null],
    ['a text', 'hello'],
    ['an event without an id', event({ id: undefined })],
    ['an event without a type', event({ 'detail-type': undefined })],
    ['no detail', event({ detail: undefined })],
    ['a detail that does not fit', event({ detail: { applicationId: 'loan_1' } })],
  ])('throws InvalidInput for %s, so that it is kept for a person', async (_, bad) => {
    seen.length = 0;
    await expect(invoke(handler, bad)).rejects.toMatchObject({ name: 'InvalidInput' });
    expect(seen).toEqual([]);
  });

  it('never repeats in its error what was sent', async () => {
    const bad = event({ detail: { applicationId: '990000199001010009' } });
    await expect(invoke(handler, bad)).rejects.not.toThrow(/990000/);
  });

  it('throws on what its work throws, so that the event comes again', async () => {
    const failing = eventConsumer({
      detail: z.object({}),
      dependencies: () => ({}),
      run: () => Promise.reject(new Error('down')),
    });
    await expect(invoke(failing, event())).rejects.toThrow('down');
  });

  it('has nothing left to do about what was erased since', async () => {
    const late = eventConsumer({
      detail: z.object({}),
      dependencies: () => ({}),
      run: () => Promise.reject(new ApplicationErased('it was erased', 'demo-partner')),
    });
    await expect(invoke(late, event())).resolves.toBeUndefined();
  });
});

describe('streamConsumer', () => {
  const record = (sequenceNumber: string, image?: Record<string, unknown>) => ({
    eventName: image === undefined ? 'REMOVE' : 'INSERT',
    dynamodb: {
      SequenceNumber: sequenceNumber,
      Keys: { loanId: { S: 'loan_1' }, number: { N: '7' } },
      ...(image === undefined ? {} : { NewImage: image }),
    },
  });
  const consumer = (answer: string | undefined) => {
    const seen: (readonly StreamRecord[])[] = [];
    const handler = streamConsumer({
      dependencies: () => ({}),
      run: (records) => {
        seen.push(records);
        return Promise.resolve(answer);
      },
    });
    return { seen, handler };
  };

  it('hands over plain values in order, deletions without an image', async () => {
    const { seen, handler } = consumer(undefined);
    const image = {
      name: { S: 'x' },
      count: { N: '12' },
      rate: { N: '-0.5' },
      isOpen: { BOOL: false },
      nothing: { NULL: true },
      list: { L: [{ N: '1' }, { M: { deep: { S: 'y' } } }] },
      empty: { M: {} },
      sealed: { B: 'AQID' },
    };
    const answer = await invoke(handler, { Records: [record('1', image), record('2')] });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([
      [
        {
          sequenceNumber: '1',
          keys: { loanId: 'loan_1', number: 7 },
          image: {
            name: 'x',
            count: 12,
            rate: -0.5,
            isOpen: false,
            nothing: null,
            list: [1, { deep: 'y' }],
            empty: {},
            sealed: 'AQID',
          },
        },
        { sequenceNumber: '2', keys: { loanId: 'loan_1', number: 7 }, image: undefined },
      ],
    ]);
  });

  it('names the first record that has to come again', async () => {
    const { handler } = consumer('2');
    const answer = await invoke(handler, { Records: [record('1'), record('2')] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  });

  it('throws on a batch it cannot read: all of it comes again', async () => {
    const { seen, handler } = consumer(undefined);
    await expect(invoke(handler, { Records: [{ dynamodb: {} }] })).rejects.toThrow();
    expect(seen).toEqual([]);
  });
});
