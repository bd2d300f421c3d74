import { PutObjectCommand } from '@aws-sdk/client-s3';
import { objectClient, requireEnvironment } from '#platform/clients.ts';

/** Where sheets and contracts are kept as they were shown and signed. */
export interface ContractPapers {
  put(objectKey: string, pdf: Uint8Array): Promise<void>;
}

/** Papers in the contracts bucket. */
export class S3ContractPapers implements ContractPapers {
  readonly #bucket = requireEnvironment('CONTRACTS_BUCKET');

  async put(objectKey: string, pdf: Uint8Array): Promise<void> {
    await objectClient().send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: objectKey,
        Body: pdf,
        ContentType: 'application/pdf',
      }),
    );
  }
}
