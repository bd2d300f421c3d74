import type { Application } from '#domain/applications/application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { isClosed } from '#domain/applications/transitions.ts';
import { ApplicationClosed } from '#domain/shared/errors.ts';
import { existing } from '#platform/existing.ts';

/** The application, which must not have ended meanwhile: withdrawn, expired, declined by somebody else. */
export async function openApplication(
  applications: Applications,
  applicationId: string,
): Promise<Application> {
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  if (isClosed(application.status))
    throw new ApplicationClosed(`application ${applicationId} is ${application.status}`);
  return application;
}
