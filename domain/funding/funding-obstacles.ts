import type { Application } from '../applications/application.ts';
import { type Funder, isListed } from '../catalog/funder.ts';
import {
  findPolicyInt,
  findPolicyRate,
  type PolicyPack,
  type PolicyScope,
} from '../catalog/policy-pack.ts';
import type { Product } from '../catalog/product.ts';
import { isServed } from '../catalog/texts.ts';
import { parseRate } from '../lending/annual-rate.ts';
import { multiplyRounded } from '../shared/money.ts';

/** A loan that one lender would fund on one date. */
export interface FundingCase {
  readonly requested: Pick<
    Application['requested'],
    'amountFen' | 'termMonths' | 'repaymentMethod' | 'hasSupplier'
  >;
  readonly segment: Product['segment'];
  readonly province: string;
  readonly partnerId: string;
  readonly funder: Funder;
  readonly policyPack: PolicyPack;
  readonly date: string;
}

/** Why a lender may not fund a loan on a date: its list of partners, its area, and the limits of its licence. */
export function fundingObstacles(funding: FundingCase): string[] {
  const { funder, date } = funding;
  return [
    ...codeIf(funder.status !== 'Active', 'FunderSuspended'),
    ...codeIf(!isListed(funder, funding.partnerId, date), 'PartnerNotListed'),
    ...codeIf(!isServed(funder.serviceArea, funding.province), 'RegionNotServed'),
    ...licenceObstacles(funding, { lenderType: funder.lenderType, date }),
  ];
}

function licenceObstacles(funding: FundingCase, scope: PolicyScope): string[] {
  const { requested, policyPack: pack } = funding;
  const isConsumer = funding.segment === 'PersonalConsumer';
  const isAbove = (value: number, path: string): boolean =>
    value > (findPolicyInt(pack, path, scope) ?? Number.POSITIVE_INFINITY);
  const amountPath = isConsumer ? 'limits.onlineConsumerFen' : 'limits.onlineMicroBusinessFen';
  const termPath = isConsumer ? 'limits.consumerMonths' : 'limits.businessMonths';
  const isBullet = isConsumer && requested.repaymentMethod === 'Bullet';
  const isSelfPaid = isConsumer && !requested.hasSupplier;
  return [
    ...codeIf(
      isAbove(requested.amountFen, amountPath) ||
        requested.amountFen > singleBorrowerLimit(funding, scope),
      'LenderLimitExceeded',
    ),
    ...codeIf(isAbove(requested.termMonths, termPath), 'TermAboveLimit'),
    ...codeIf(
      isBullet && isAbove(requested.termMonths, 'limits.bulletConsumerMonths'),
      'BulletTermAboveLimit',
    ),
    ...codeIf(
      isSelfPaid && isAbove(requested.amountFen, 'limits.selfPayFen'),
      'SelfPaymentAboveCeiling',
    ),
  ];
}

/** 小额贷款公司监督管理暂行办法: one borrower may owe at most a tenth of the net assets. */
function singleBorrowerLimit({ funder, policyPack }: FundingCase, scope: PolicyScope): number {
  const share = findPolicyRate(policyPack, 'limits.singleBorrowerOfNetAssets', scope);
  if (share === undefined) return Number.POSITIVE_INFINITY;
  return multiplyRounded(funder.netAssetsFen, parseRate(share), 'Down');
}

function codeIf(isMet: boolean, reasonCode: string): string[] {
  return isMet ? [reasonCode] : [];
}
