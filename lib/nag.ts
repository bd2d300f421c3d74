/** Prints what cdk-nag finds and why it stays: `npm run nag [-- REGION]`. Ends with 1 when something is not acknowledged. */
import { acknowledgements } from './acknowledgements.ts';
import { nagFindings } from './nag-findings.ts';

const findings = nagFindings(process.argv[2] ?? 'us-east-1');
const open = findings.filter(({ acknowledgement }) => acknowledgement === undefined);
for (const each of acknowledgements) {
  const times = findings.filter(({ acknowledgement }) => acknowledgement === each).length;
  console.log(`${each.finding.source} (${times}): ${each.reason}`);
}
for (const { id, where } of open) console.log(`OPEN ${id} at ${where}`);
console.log(
  `${findings.length} findings, ${open.length} of them open; ${acknowledgements.length} acknowledgements`,
);
if (open.length > 0) process.exitCode = 1;
