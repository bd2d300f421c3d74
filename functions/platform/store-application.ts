import type { Application } from '#domain/applications/application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { isClosed } from '#domain/applications/transitions.ts';

/** Stores the next version; one that ends the application lets its borrower apply again. */
export function storeApplication(applications: Applications, next: Application): Promise<void> {
  return isClosed(next.status)
    ? applications.replaceReleasingBorrower(next)
    : applications.replace(next);
}
