import {
  REQUEST_DETAIL_TYPE,
  REQUEST_SOURCE,
  STATUS_DETAIL_TYPE,
  STATUS_SOURCE,
  STATUSES,
} from '../../src/events/model';
import * as deployed from './packaged';
import { type GetAtt, type Packaged, packageStage, targetOf } from './packaged';

interface Rule {
  EventPattern: { source: string[]; 'detail-type': string[]; detail?: { status?: string[] } };
  Targets: { Arn: GetAtt; DeadLetterConfig?: { Arn: GetAtt } }[];
}

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageStage('brought');
});

const idsOf = (type: string) => deployed.idsOf(packaged, type);
const propertiesOf = (id: string) => deployed.propertiesOf(packaged, id);
const allowedTo = (id: string) => deployed.allowedTo(packaged, id);

describe('events', () => {
  const rules = () =>
    idsOf('AWS::Events::Rule').map((id) => [id, propertiesOf(id) as unknown as Rule] as const);

  test('match the patterns of their rules', () => {
    const patterns = Object.fromEntries(rules().map(([id, { EventPattern }]) => [id, EventPattern]));
    expect(patterns.DemandRequested).toEqual({
      source: [REQUEST_SOURCE],
      'detail-type': [REQUEST_DETAIL_TYPE],
    });
    expect(patterns.DemandStatusChanged).toMatchObject({
      source: [STATUS_SOURCE],
      'detail-type': [STATUS_DETAIL_TYPE],
    });
    expect(patterns.JobBlocked).toEqual({
      source: ['aws.batch'],
      'detail-type': ['Batch Job Queue Blocked'],
    });
    const { status } = patterns.ExecutionChanged?.detail ?? {};
    expect(['REFUSED', ...(status ?? [])]).toEqual(STATUSES);
  });

  test('each rule may invoke its function, and failed events go to the queue of dead events', () => {
    const dead = { 'Fn::GetAtt': ['DeadEvents', 'Arn'] };
    const permissions = idsOf('AWS::Lambda::Permission').map((id) => propertiesOf(id));
    const retries = idsOf('AWS::Lambda::EventInvokeConfig').map((id) => propertiesOf(id));
    const ours = rules().filter(([id]) => !['JobQueueBlockedRule', 'SweepSchedule'].includes(id));
    expect(ours).toHaveLength(6);
    for (const [id, { Targets }] of ours) {
      const FunctionName = { Ref: targetOf(Targets[0]!.Arn) };
      expect(Targets).toMatchObject([{ DeadLetterConfig: { Arn: dead } }]);
      expect(permissions).toContainEqual(
        expect.objectContaining({ FunctionName, SourceArn: { 'Fn::GetAtt': [id, 'Arn'] } }),
      );
      const destination = { OnFailure: { Destination: dead } };
      expect(retries).toContainEqual(
        expect.objectContaining({ FunctionName, DestinationConfig: destination }),
      );
      const role = targetOf(propertiesOf(FunctionName.Ref).Role);
      expect(allowedTo(role)).toContainEqual({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: dead });
    }
  });

  test('the queue and the topic are encrypted', () => {
    expect(propertiesOf('DeadEvents')).toMatchObject({ SqsManagedSseEnabled: true });
    expect(propertiesOf('NotificationTopic')).toMatchObject({ KmsMasterKeyId: 'alias/aws/sns' });
  });
});
