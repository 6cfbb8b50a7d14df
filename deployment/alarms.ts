/** Alarms and one dashboard. An alarm costs 0.10 $ a month for each metric in it. */
import { CALLED_BY, type LogicalName, logicalNameOf } from '../src/machines/functions';
import type { DeploymentConfig } from './config';
import { attribute, type Resources, ref, sub, type Value } from './template';

const MACHINES = ['DemandExecution', 'DataSync', 'Sweep'] as const;
/** Functions that do not fail because of a bad demand. Lambda counts a refused demand as an error of its function. */
const NEVER_AT_FAULT = ['RemoveDataPaths', 'PrepareBatchArgs'] as const satisfies readonly LogicalName[];
const FUNCTIONS = CALLED_BY['demand-execution'].map(logicalNameOf);

interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimension: string;
  readonly value: Value;
}

export function alarmsOf(
  { alarms }: DeploymentConfig,
  queueArn: Value,
  envBase: string,
  logDays: number,
): Resources {
  const topic = alarms.topicArn ?? (alarms.email === undefined ? undefined : ref('AlarmTopic'));
  const actions = { ...(topic !== undefined && { AlarmActions: [topic], OKActions: [topic] }) };
  const alarm = alarmWith(actions, envBase);
  const executions = MACHINES.flatMap((machine) => [
    [
      `${machine}ExecutionsFailedAlarm`,
      alarm(
        `${machine}: executions failed`,
        executionsOf(machine, 'ExecutionsFailed'),
        alarms.failedExecutions,
      ),
    ],
    [
      `${machine}ExecutionsTimedOutAlarm`,
      alarm(`${machine}: executions timed out`, executionsOf(machine, 'ExecutionsTimedOut')),
    ],
    [
      `${machine}ExecutionsThrottledAlarm`,
      alarm(
        `${machine}: more transitions than the account's limit`,
        executionsOf(machine, 'ExecutionThrottled'),
      ),
    ],
  ]);
  const functions = [
    ...FUNCTIONS.map((name) => [
      `${name}FunctionThrottledAlarm`,
      alarm(`${name}: more concurrent calls than the account's limit`, functionOf(name, 'Throttles')),
    ]),
    ...NEVER_AT_FAULT.map((name) => [
      `${name}FunctionErrorsAlarm`,
      alarm(`${name}: errors that no demand causes`, functionOf(name, 'Errors'), 3),
    ]),
  ];
  return {
    ...(alarms.email !== undefined && topicOf(alarms.email, envBase)),
    ...Object.fromEntries([...executions, ...functions]),
    ...waitingJobs(queueArn, envBase, logDays),
    JobQueueBlockedAlarm: alarm('The first job of the queue cannot start; the log of events has the reason', {
      namespace: 'AWS/Events',
      name: 'TriggeredRules',
      dimension: 'RuleName',
      value: ref('JobQueueBlockedRule'),
    }),
    DeadEventsAlarm: alarm('An event was not delivered, or its function has failed', {
      namespace: 'AWS/SQS',
      name: 'ApproximateNumberOfMessagesVisible',
      dimension: 'QueueName',
      value: attribute('DeadEvents', 'QueueName'),
    }),
    Dashboard: dashboard(envBase),
  };
}

function alarmWith(actions: Readonly<Record<string, Value>>, envBase: string) {
  return (what: string, { namespace, name, dimension, value }: Metric, threshold = 1) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: `${envBase}: ${what}.`,
      Namespace: namespace,
      MetricName: name,
      Dimensions: [{ Name: dimension, Value: value }],
      Statistic: namespace === 'AWS/SQS' ? 'Maximum' : 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      // A period without data is a period without executions.
      TreatMissingData: 'notBreaching',
      ...actions,
    },
  });
}

function executionsOf(machine: string, name: string): Metric {
  return {
    namespace: 'AWS/States',
    name,
    dimension: 'StateMachineArn',
    value: ref(`${machine}StateMachine`),
  };
}

function functionOf(name: LogicalName, metric: string): Metric {
  return {
    namespace: 'AWS/Lambda',
    name: metric,
    dimension: 'FunctionName',
    value: ref(`${name}LambdaFunction`),
  };
}

function topicOf(email: string, envBase: string): Resources {
  return {
    AlarmTopic: {
      Type: 'AWS::SNS::Topic',
      Properties: {
        // No key: CloudWatch may not use AWS's key for SNS, and an alarm has no data of a demand.
        DisplayName: `${envBase} alarms`,
        Subscription: [{ Protocol: 'email', Endpoint: email }],
      },
    },
  };
}

/**
 * Batch has no metric for the waiting time of jobs. It sends an event when the first job of a queue cannot start: it
 * lacks capacity, permissions, or instances of the image's architecture. The rule logs the event, and the alarm counts
 * the rule's matches.
 */
function waitingJobs(queueArn: Value, envBase: string, logDays: number): Resources {
  const logGroup = `/aws/events/${envBase}-jobs`;
  return {
    JobEventsLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: logGroup, RetentionInDays: logDays },
    },
    JobEventsLogPolicy: {
      Type: 'AWS::Logs::ResourcePolicy',
      Properties: {
        PolicyName: `${envBase}-job-events`,
        PolicyDocument: sub(
          JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                Resource: '${JobEventsLogGroup.Arn}',
              },
            ],
          }),
        ),
      },
    },
    JobQueueBlockedRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: 'The first job of the queue cannot start.',
        EventPattern: {
          source: ['aws.batch'],
          'detail-type': ['Batch Job Queue Blocked'],
          resources: [queueArn],
        },
        Targets: [
          {
            Id: 'log',
            Arn: sub(`arn:aws:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${logGroup}`),
            DeadLetterConfig: { Arn: attribute('DeadEvents', 'Arn') },
          },
        ],
      },
    },
  };
}

function dashboard(envBase: string) {
  const machine = '${DemandExecutionStateMachine}';
  const states = (name: string) => ['AWS/States', name, 'StateMachineArn', machine];
  const lambda = (metric: string, stat: string) =>
    FUNCTIONS.map((name) => ['AWS/Lambda', metric, 'FunctionName', `\${${name}LambdaFunction}`, { stat }]);
  const widgets: readonly [string, unknown[]][] = [
    [
      'Demands',
      [
        'ExecutionsStarted',
        'ExecutionsSucceeded',
        'ExecutionsFailed',
        'ExecutionsTimedOut',
        'ExecutionsAborted',
      ].map(states),
    ],
    [
      'Duration of demands, in ms',
      [
        [...states('ExecutionTime'), { stat: 'p50' }],
        [...states('ExecutionTime'), { stat: 'p99' }],
      ],
    ],
    ['Errors of functions', lambda('Errors', 'Sum')],
    ['Throttles of functions', lambda('Throttles', 'Sum')],
    ['Duration of functions, p99 in ms', lambda('Duration', 'p99')],
    ['Jobs that could not start', [['AWS/Events', 'TriggeredRules', 'RuleName', '${JobQueueBlockedRule}']]],
  ];
  const body = {
    widgets: widgets.map(([title, metrics], index) => ({
      type: 'metric',
      width: 12,
      height: 6,
      x: (index % 2) * 12,
      y: Math.floor(index / 2) * 6,
      properties: { title, metrics, stat: 'Sum', period: 300, region: '${AWS::Region}', view: 'timeSeries' },
    })),
  };
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: { DashboardName: `${envBase}-executions`, DashboardBody: sub(JSON.stringify(body)) },
  };
}
