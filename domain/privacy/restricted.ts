import type { Application } from '../applications/application.ts';
import { Forbidden } from '../shared/errors.ts';

type Restrictable = Pick<Application, 'restriction'>;

/** Whether nothing may be done with what an application holds but store and secure it, and serve its contract. */
export function isRestricted({ restriction }: Restrictable): boolean {
  return restriction !== undefined;
}

/** For every use that neither the contract nor a law asks for (PIPL art. 47). */
export function assertUnrestricted(application: Restrictable & Pick<Application, 'applicationId'>) {
  if (isRestricted(application))
    throw new Forbidden(
      `the data of application ${application.applicationId} is restricted at the wish of the borrower`,
    );
}
