import type { Application } from '#domain/applications/application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { NotFound } from '#domain/shared/errors.ts';

/** The caller's application. One of another partner is answered exactly as one that does not exist. */
export async function ownApplication(
  applications: Applications,
  applicationId: string,
  partnerId: string,
): Promise<Application> {
  const application = await applications.find(applicationId);
  if (application?.partnerId !== partnerId) throw new NotFound('not found');
  return application;
}
