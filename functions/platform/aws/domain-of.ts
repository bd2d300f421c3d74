const domains: readonly (readonly [regions: RegExp, domain: string])[] = [
  [/^cn-\w+-\d+$/, 'amazonaws.com.cn'],
  [/^(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:gov-)?(?!iso)[a-z]+-\d+$/, 'amazonaws.com'],
];

/**
 * The domain that services of a region are found under, in the partitions that `lib/` synthesises for and the American
 * government's. Throws for any other: a request with personal data goes to no guessed address.
 */
export function domainOf(region: string): string {
  const [, domain] = domains.find(([regions]) => regions.test(region)) ?? [];
  if (domain === undefined) throw new Error(`no domain is known for the region ${region}`);
  return domain;
}
