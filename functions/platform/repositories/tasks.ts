import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import { Task, type Queue } from '#domain/tasks/task.ts';
import { putConditionally } from './conditional-write.ts';
import { queryPage } from './queries.ts';
import { versionedPut } from './versioned-put.ts';

/** One application has a handful of tasks; a hundred would be a loop that went wrong. */
const TASKS_PER_APPLICATION_MAX = 100;

/** Tasks in DynamoDB. Only a task with a queue stands in the Inbox index. */
export class DynamoTasks implements Tasks {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find(taskId: string): Promise<Task | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: { taskId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : Task.parse(Item);
  }

  async create(task: Task): Promise<void> {
    await this.replace(task);
  }

  async replace(next: Task): Promise<void> {
    const put = versionedPut(this.#tableName, 'taskId', next);
    await putConditionally(this.#documents, put, `task ${next.taskId}`);
  }

  listInbox(
    filter: { readonly queue: Queue; readonly dueBefore?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Task>> {
    const { queue, dueBefore } = filter;
    return queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'Inbox',
        KeyConditionExpression:
          dueBefore === undefined ? 'queue = :queue' : 'queue = :queue AND dueAt <= :dueBefore',
        ExpressionAttributeValues: {
          ':queue': queue,
          ...(dueBefore === undefined ? {} : { ':dueBefore': dueBefore }),
        },
        ScanIndexForward: true,
      },
      { ...page, schema: Task },
    );
  }

  async listByApplication(applicationId: string): Promise<readonly Task[]> {
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'ByApplication',
        KeyConditionExpression: 'applicationId = :applicationId',
        ExpressionAttributeValues: { ':applicationId': applicationId },
        ScanIndexForward: true,
      },
      { limit: TASKS_PER_APPLICATION_MAX, schema: Task },
    );
    return items;
  }
}
