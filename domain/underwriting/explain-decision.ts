import type { CreditPolicy } from '../catalog/credit-policy.ts';
import type { Text } from '../catalog/texts.ts';
import type { TraceLine } from './decide-by-policy.ts';

export interface ExplainedLine extends TraceLine {
  readonly text: Text;
}

const tableTexts: Readonly<Record<string, Text>> = {
  score: { zh: '评分卡', en: 'Scorecard' },
  placement: { zh: '客群划分', en: 'Segment the applicant belongs to' },
  limits: { zh: '额度与期限矩阵', en: 'Limit and tenor matrix' },
  pricing: { zh: '风险定价表', en: 'Risk-based pricing grid' },
  authority: { zh: '审批权限矩阵', en: 'Authority matrix' },
  cost: {
    zh: '综合融资成本不超过监管上限与目标',
    en: 'All-in cost within the cap of the law, and its target',
  },
};

/** The trace with what each line says to a person, out of the very version that decided. */
export function explainTrace(trace: readonly TraceLine[], policy: CreditPolicy): ExplainedLine[] {
  const texts = new Map(policy.rules.map(({ ruleId, description }) => [ruleId, description]));
  return trace.map((line) => {
    const [table = ''] = line.ruleId.split(':');
    const own = { zh: line.ruleId, en: line.ruleId };
    return { ...line, text: texts.get(line.ruleId) ?? tableTexts[table] ?? own };
  });
}
