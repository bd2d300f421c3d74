import { workflowTask } from '#platform/workflow-task.ts';
import { OfferContractInput, offerDependencies, runOfferContract } from './offer-contract.ts';

export const PrepareContractInput = OfferContractInput;

/** The second of the two steps that executions of release 0.1.0 take to a contract: goes when none of them is left. */
export const handler = workflowTask({
  input: PrepareContractInput,
  dependencies: offerDependencies,
  run: runOfferContract,
});
