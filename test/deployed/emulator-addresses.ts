/**
 * Where this machine reaches what the deployment names by an address of AWS: behind `AWS_ENDPOINT_URL` an emulator answers
 * for all of them on one port. On AWS itself nothing is changed.
 */
export function reachableUrl(url: string): string {
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  if (endpoint === undefined) return url;
  const target = new URL(url);
  const { origin } = new URL(endpoint);
  const [, apiId] = /^([a-z0-9]+)\.execute-api\./.exec(target.hostname) ?? [];
  const [stage = '', ...rest] = target.pathname.split('/').slice(1);
  if (apiId !== undefined)
    return `${origin}/restapis/${apiId}/${stage}/_user_request_/${rest.join('/')}${target.search}`;
  return `${origin}${target.pathname}${target.search}`;
}
