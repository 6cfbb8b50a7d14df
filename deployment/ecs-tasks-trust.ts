import { ref, sub } from './template';

/** Returns the trust policy of a role that only tasks of ECS in this account get. The jobs of Batch are such tasks. */
export function ecsTasksTrust() {
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
      ArnLike: { 'aws:SourceArn': sub('arn:aws:ecs:${AWS::Region}:${AWS::AccountId}:*') },
    },
  };
  return { Version: '2012-10-17', Statement: [trust] };
}
