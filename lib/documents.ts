import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { answersTasks, readsObjects, uses } from './constructs/access.ts';
import { EventTrigger } from './constructs/event-trigger.ts';
import { WorkflowFunction } from './constructs/workflow-function.ts';
import type { DataStack } from './data-stack.ts';

/** What borrowers upload: checked as soon as it is there. */
export class Documents extends Construct {
  constructor(scope: Construct, id: string, { data }: { readonly data: DataStack }) {
    super(scope, id);
    const verifyDocument = new WorkflowFunction(this, 'VerifyDocument', {
      entry: 'functions/documents/verify-document.ts',
      errorImpact: 'uploaded documents are not checked and their applications wait',
      isAsynchronous: true,
      memoryMegabytes: 1024,
      timeout: Duration.seconds(60),
      access: [
        uses(data.applications, 'GetItem', 'PutItem'),
        uses(data.tasks, 'GetItem', 'PutItem'),
        uses(data.catalog, 'GetItem'),
        readsObjects(data.documents),
        answersTasks(this, 'originate-loan'),
      ],
    });
    new EventTrigger(this, 'OnDocumentUploaded', {
      description: 'Checks every uploaded document',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [data.documents.bucket.bucketName] } },
      },
      target: verifyDocument,
    });
  }
}
