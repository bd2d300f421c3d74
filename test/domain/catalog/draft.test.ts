import { describe, expect, it } from 'vitest';
import {
  decideDraft,
  draftItem,
  publicationOf,
  submitDraft,
  versionOf,
} from '../../../domain/catalog/draft.ts';
import { verifyChain } from '../../../domain/shared/audit.ts';
import { catalogFiles, personPolicy } from '../catalog-files.ts';

const today = '2026-11-26';
const at = '2026-11-26T02:00:00.000Z';
const next = { ...personPolicy, version: 2, effectiveFrom: '2026-11-27' };
const drafted = (content: unknown = next, operatorId = 'maker') =>
  draftItem({ kind: 'credit-policy', content, operatorId, at, today });
const verdict = (patch: object = {}) => ({
  outcome: 'Approve' as const,
  contentHash: drafted().contentHash,
  operatorId: 'checker',
  at,
  today,
  ...patch,
});

describe('a draft', () => {
  it('goes from its writer over its submitter to somebody else, each step in its chain', () => {
    const draft = drafted();
    const submitted = submitDraft(draft, { operatorId: 'other-maker', at });
    const approved = decideDraft(submitted, verdict({ note: 'replayed: 12 move' }));
    expect(approved).toMatchObject({
      status: 'Approved',
      createdBy: 'maker',
      submittedBy: 'other-maker',
      decidedBy: 'checker',
      note: 'replayed: 12 move',
    });
    const links = [draft, submitted, approved].map((step) => ({
      subjectId: draft.draftId,
      sequence: step.version,
      previousHash: step.previousAuditHash,
      hash: step.auditHash,
      event: step.event,
    }));
    expect(verifyChain(draft.draftId, links)).toMatchObject({ isIntact: true, length: 3 });
    expect(versionOf(approved)).toBe(2);
    expect(publicationOf(approved).map(({ idVersion }) => idVersion)).toEqual([
      'person#0002',
      'person#latest',
    ]);
  });

  it.each([
    { name: 'its writer', patch: { operatorId: 'maker' }, error: 'does not approve it' },
    { name: 'its submitter', patch: { operatorId: 'other' }, error: 'does not approve it' },
    {
      name: 'another hash',
      patch: { contentHash: 'f'.repeat(64) },
      error: 'not the one that was shown',
    },
    { name: 'a day too late', patch: { today: '2026-11-27' }, error: 'would begin on 2026-11-27' },
  ])('is not approved by $name', ({ patch, error }) => {
    const submitted = submitDraft(drafted(), { operatorId: 'other', at });
    expect(() => decideDraft(submitted, verdict(patch))).toThrow(error);
  });

  it('may be rejected also when its day has come', () => {
    const submitted = submitDraft(drafted(), { operatorId: 'maker', at });
    const late = verdict({ outcome: 'Reject', today: '2027-01-01' });
    expect(decideDraft(submitted, late).status).toBe('Rejected');
  });

  it('is handed in once, and decided only then', () => {
    const submitted = submitDraft(drafted(), { operatorId: 'maker', at });
    expect(() => submitDraft(submitted, { operatorId: 'maker', at })).toThrow('is Submitted');
    expect(() => decideDraft(drafted(), verdict())).toThrow('is Drafted');
  });

  it('is the same for the same content and writer, and another for another', () => {
    expect(drafted().draftId).toBe(drafted().draftId);
    expect(drafted(next, 'somebody').draftId).not.toBe(drafted().draftId);
  });

  it('of an item that begins when it is published needs no day', () => {
    const content = catalogFiles('reason-texts')[0]?.content;
    const draft = draftItem({ kind: 'reason-texts', content, operatorId: 'maker', at, today });
    expect(draft.itemKey).toBe('default#0002');
  });

  it('is no draft when it is no such item', () => {
    expect(() => drafted({ ...next, rules: [] })).toThrow('rules');
    expect(() => drafted({ ...next, colour: 'red' })).toThrow('no field colour');
    expect(() => drafted('nothing')).toThrow();
  });
});
