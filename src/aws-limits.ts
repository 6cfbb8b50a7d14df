/** Limits of AWS services, each with its source. Limits of our own stand where the code uses them. */

/**
 * Bytes of a state's input or output, of a task's, and of an execution's. No `Catch` sees the error for more.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const STATE_BYTES = 262_144;
/** Events in the history of one execution. More events fail the execution. The source is the same. */
export const HISTORY_EVENTS = 25_000;
/** Days after its end in which an execution can be redriven. The source is the same. */
export const REDRIVE_DAYS = 14;
/** Days after its end for which the name of an execution is taken. The source is the same. */
export const EXECUTION_NAME_DAYS = 90;
/** Characters of an execution's name. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
export const EXECUTION_NAME_CHARACTERS = 80;
/** Characters of an execution's cause. https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
export const CAUSE_CHARACTERS = 32_768;
/** Events, or executions, on one page of an answer. https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html */
export const STEP_FUNCTIONS_PAGE = 1_000;
/** Iterations that an inline Map runs at once. https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
export const MAP_CONCURRENCY = 40;

/** Seconds of a function's time-out. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const FUNCTION_SECONDS = 900;
/** Bytes of a request, and of an answer, of a synchronous call. The source is the same. */
export const FUNCTION_PAYLOAD_BYTES = 6 * 1024 ** 2;
/**
 * Lambda's default for calls by events: it calls a function that has failed two more times.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export const EVENT_CALL_RETRIES = 2;
/** Minutes that Lambda waits before each of these calls. The source is the same. */
export const EVENT_CALL_WAIT_MINUTES: readonly number[] = [1, 2];

/** Bytes of one entry of PutEvents. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
export const EVENT_BYTES = 262_144;

/** Bytes of a message with its attributes. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const NOTIFICATION_BYTES = 262_144;
/** Characters of a message's subject: "less than 100 characters long". The source is the same. */
export const SUBJECT_CHARACTERS = 99;

/**
 * The name of a bucket, 3 to 63 characters. Buckets from before 2018 may have capital letters.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export const BUCKET_NAME = /[A-Za-z0-9][A-Za-z0-9.-]{1,61}[A-Za-z0-9]/;
/** The name of a new bucket. The source is the same. */
export const NEW_BUCKET_NAME = /[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/;
/** Bytes of a key. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const KEY_BYTES = 1_024;
/** Parts of an upload. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const UPLOAD_PARTS = 10_000;
/** Bytes of an object that one request copies. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const COPY_BYTES = 5 * 1024 ** 3;

/** Bytes of a name on a file system, "Quotas for NFS clients". https://docs.aws.amazon.com/efs/latest/ug/limits.html */
export const FILE_NAME_BYTES = 255;

/**
 * Characters of the root directory of an access point.
 * https://docs.aws.amazon.com/efs/latest/ug/API_RootDirectory.html
 */
export const ACCESS_POINT_PATH = 100;

/**
 * Bytes of all environment variables of a Lambda function.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const FUNCTION_ENVIRONMENT_BYTES = 4_096;

/**
 * Bytes of a path of AWS DataSync, "Storage system, file, and object limits".
 * https://docs.aws.amazon.com/datasync/latest/userguide/datasync-limits.html
 */
export const DATASYNC_PATH_BYTES = 4_096;
/** Bytes of one name in such a path. The source is the same. */
export const DATASYNC_NAME_BYTES = 255;
/** Files, objects and folders of one task between AWS services in Basic mode. The source is the same. */
export const DATASYNC_ENTRIES = 25_000_000;
/** Bytes of a manifest. https://docs.aws.amazon.com/datasync/latest/userguide/transferring-with-manifest.html */
export const MANIFEST_BYTES = 20 * 1000 ** 3;

/** Characters of a container's overrides. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export const OVERRIDE_CHARACTERS = 8_192;
/**
 * A character of a name in AWS Batch.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html
 */
export const BATCH_NAME_CHARACTER = /[A-Za-z0-9_-]/;
/** Characters of such a name. The source is the same. */
export const BATCH_NAME_CHARACTERS = 128;
/** Seconds of an attempt's time-out at least. https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html */
export const ATTEMPT_SECONDS = 60;
/** Attempts of a job. https://docs.aws.amazon.com/batch/latest/APIReference/API_RetryStrategy.html */
export const JOB_ATTEMPTS = 10;
/** Characters of a pattern that decides about a retry. https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html */
export const RETRY_PATTERN_CHARACTERS = 512;
/** Jobs of one DescribeJobs. https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobs.html */
export const DESCRIBED_JOBS = 100;

/** Events of one PutLogEvents. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const LOG_EVENTS = 10_000;
/** Bytes of one PutLogEvents, with {@link LOG_EVENT_OVERHEAD_BYTES} for each event. The source is the same. */
export const LOG_BYTES = 1_048_576;
/** Bytes that an event counts besides its message. The source is the same. */
export const LOG_EVENT_OVERHEAD_BYTES = 26;
/** Characters of a filter pattern. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
export const LOG_PATTERN_CHARACTERS = 1_024;

/** Resources of one stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const STACK_RESOURCES = 500;
/**
 * Characters of all inline policies of a role, without white space.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const ROLE_POLICY_CHARACTERS = 10_240;
