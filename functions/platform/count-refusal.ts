import { refusalNames } from '#domain/shared/errors.ts';

/**
 * Counts a refusal that the machine catches as an ordinary way on, so that the alarm for errors of the function can take it
 * off again. One line in CloudWatch's embedded metric format, past the console, which would wrap it; it carries the time the
 * invocation began, as the metric of errors does, so that both fall into the same five minutes.
 */
export function countRefusal(error: unknown, invokedAtMs: number): void {
  if (!(error instanceof Error) || !refusalNames.includes(error.name)) return;
  const { POWERTOOLS_SERVICE_NAME: service, STAGE: stage } = process.env;
  const metric = {
    _aws: {
      Timestamp: invokedAtMs,
      CloudWatchMetrics: [
        {
          Namespace: 'Zhudai',
          Dimensions: [['service', 'stage']],
          Metrics: [{ Name: 'Refusals', Unit: 'Count' }],
        },
      ],
    },
    service,
    stage,
    refusal: error.name,
    Refusals: 1,
  };
  process.stdout.write(`${JSON.stringify(metric)}\n`);
}
