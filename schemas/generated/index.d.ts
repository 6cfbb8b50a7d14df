/** Generated from the schemas in src/ by `npm run schemas`. Do not edit. */

/**
 * A demand: image, command, parameters, inputs, outputs and job queue. An input of the state machine.
 */
export interface DemandExecution {
  execution_type: string;
  execution_id: string;
  execution_image: string;
  execution_parameters: {
    /**
     * @minItems 1
     */
    command: string[];
    params?: {
      [k: string]: unknown;
    };
    inputs?: string[];
    outputs?: string[];
    outputs_metadata?: {
      [k: string]: unknown;
    };
    output_s3_prefix?: string | null;
    param_pair_overrides?:
      | {
          input?: string | null;
          output?: string | null;
          inputs?: string[] | null;
          outputs?: string[] | null;
        }[]
      | null;
    verbosity?: boolean | (0 | 1) | string;
  };
  execution_metadata?: {
    user?: string | null;
    arn?: string | null;
    tags?: {
      [k: string]: string;
    } | null;
    tag?: (string | string[]) | null;
    notify_on?: {
      [k: string]: boolean | 0 | 1 | string;
    } | null;
    notify_list?: string[] | null;
  };
  execution_platform: {
    aws_batch: {
      job_queue_name: string;
      job_role?: string | null;
      timeout?: {
        attempt_duration_seconds: number | string;
      } | null;
      retry?: {
        memory_factor?: number | null;
        max_memory?: (number | string) | null;
        /**
         * @maxItems 20
         */
        rules?: {
          action: 'RETRY' | 'RETRY_WITH_MORE_MEMORY' | 'EXIT';
          on_status_reason?: string | null;
          on_reason?: string | null;
          on_exit_code?: string | null;
          retries?: (number | string) | null;
          wait_seconds?: (number | string) | null;
        }[];
      } | null;
    };
  };
  resource_requirements?: {
    gpu?: (number | string) | null;
    memory?: (number | string) | null;
    vcpus?: (number | string) | null;
  };
}

/**
 * A demand with its file systems and its set-up. Another input of the state machine.
 */
export interface PrepareDemandScaffoldingRequest {
  demand_execution: DemandExecution;
  file_system_configurations?: {
    scratch?:
      | {
          file_system?: string | null;
          access_point?: string | null;
          container_path?: string | null;
        }
      | {
          file_system?: string | null;
          access_point?: string | null;
          container_path?: string | null;
        }[];
    shared?:
      | {
          file_system?: string | null;
          access_point?: string | null;
          container_path?: string | null;
        }
      | {
          file_system?: string | null;
          access_point?: string | null;
          container_path?: string | null;
        }[];
    tmp?:
      | (
          | {
              file_system?: string | null;
              access_point?: string | null;
              container_path?: string | null;
            }
          | {
              file_system?: string | null;
              access_point?: string | null;
              container_path?: string | null;
            }[]
        )
      | null;
    selection_strategy?: 'RANDOM';
  };
  context_manager_configuration?: {
    isolate_inputs?: boolean | (0 | 1) | string;
    cleanup_inputs?: boolean | (0 | 1) | string;
    cleanup_working_dir?: boolean | (0 | 1) | string;
    env_file_write_mode?: ('ALWAYS' | 'NEVER' | 'IF_REQUIRED') | null;
    input_data_sync_configuration?: {
      temporary_request_payload_path?: string | null;
      force?: boolean | (0 | 1) | string;
      size_only?: boolean | (0 | 1) | string;
    };
    output_data_sync_configuration?: {
      temporary_request_payload_path?: string | null;
      force?: boolean | (0 | 1) | string;
      size_only?: boolean | (0 | 1) | string;
    };
    privileged?: boolean | (0 | 1) | string;
  };
}

/**
 * A Batch job to define and prepare.
 */
export interface CreateDefinitionAndPrepareArgsRequest {
  image: string;
  job_definition_name: string;
  job_queue_name: string;
  job_name?: string | null;
  job_role_arn?: string | null;
  job_definition_tags?: {
    [k: string]: string;
  };
  command?: string[];
  environment?: {
    [k: string]: string;
  };
  secrets?:
    | {
        [k: string]: unknown;
      }[]
    | null;
  resource_requirements?:
    | {
        type: 'GPU' | 'MEMORY' | 'VCPU';
        value: string;
      }[]
    | {
        gpu?: (number | string) | null;
        memory?: (number | string) | null;
        vcpus?: (number | string) | null;
      };
  mount_points?: {
    [k: string]: unknown;
  }[];
  volumes?: {
    [k: string]: unknown;
  }[];
  retry_strategy?: {
    [k: string]: unknown;
  } | null;
  timeout?: {
    attempt_duration_seconds: number | string;
  } | null;
  retry?: {
    memory_factor?: number | null;
    max_memory?: (number | string) | null;
    /**
     * @maxItems 20
     */
    rules?: {
      action: 'RETRY' | 'RETRY_WITH_MORE_MEMORY' | 'EXIT';
      on_status_reason?: string | null;
      on_reason?: string | null;
      on_exit_code?: string | null;
      retries?: (number | string) | null;
      wait_seconds?: (number | string) | null;
    }[];
  } | null;
  privileged?: boolean | (0 | 1) | string;
}

/**
 * A transfer: the destination receives the files of the source.
 */
export interface DataSyncRequest {
  source_path: string;
  destination_path: string;
  source_path_prefix?: string | null;
  filter_config?: {
    include?: (string | string[]) | null;
    exclude?: (string | string[]) | null;
  } | null;
  filter_root?: string | null;
  max_concurrency?: number | string;
  retain_source_data?: boolean | (0 | 1) | string;
  delete?: boolean | (0 | 1) | string;
  require_lock?: boolean | (0 | 1) | string;
  force?: boolean | (0 | 1) | string;
  size_only?: boolean | (0 | 1) | string;
  fail_if_missing?: boolean | (0 | 1) | string;
  include_detailed_response?: boolean | (0 | 1) | string;
  remote_to_local_config?: {
    use_custom_tmp_dir?: boolean | (0 | 1) | string;
    custom_tmp_dir?: string | null;
  };
  keep_paths?: string[] | null;
  key_range?: {
    after?: string | null;
    up_to?: string | null;
  } | null;
  byte_range?: {
    from: number | string;
    to: number | string;
    size: number | string;
    version?: string | null;
    assembly: string;
  } | null;
  source_state?: string | null;
  may_be_moved?: (boolean | (0 | 1) | string) | null;
  engine?: ('lambda' | 'datasync') | null;
}

/**
 * Several transfers, one after another.
 */
export interface BatchDataSyncRequest {
  requests: string | DataSyncRequest[];
  allow_partial_failure?: boolean | (0 | 1) | string;
}

/**
 * A transfer to divide into batches.
 */
export interface PrepareBatchDataSyncRequest {
  source_path: string;
  destination_path: string;
  source_path_prefix?: string | null;
  filter_config?: {
    include?: (string | string[]) | null;
    exclude?: (string | string[]) | null;
  } | null;
  filter_root?: string | null;
  max_concurrency?: number | string;
  retain_source_data?: boolean | (0 | 1) | string;
  delete?: boolean | (0 | 1) | string;
  require_lock?: boolean | (0 | 1) | string;
  force?: boolean | (0 | 1) | string;
  size_only?: boolean | (0 | 1) | string;
  fail_if_missing?: boolean | (0 | 1) | string;
  include_detailed_response?: boolean | (0 | 1) | string;
  remote_to_local_config?: {
    use_custom_tmp_dir?: boolean | (0 | 1) | string;
    custom_tmp_dir?: string | null;
  };
  keep_paths?: string[] | null;
  key_range?: {
    after?: string | null;
    up_to?: string | null;
  } | null;
  byte_range?: {
    from: number | string;
    to: number | string;
    size: number | string;
    version?: string | null;
    assembly: string;
  } | null;
  source_state?: string | null;
  may_be_moved?: (boolean | (0 | 1) | string) | null;
  engine?: ('lambda' | 'datasync') | null;
  batch_size_bytes_limit?: (number | string) | null;
  temporary_request_payload_path?: string | null;
}

/**
 * Paths of mounted file systems to remove with everything below them.
 */
export interface RemoveDataPathsRequest {
  paths?: string[];
}

/**
 * A path, to get its sizes.
 */
export interface GetDataPathStatsRequest {
  path: string;
}

/**
 * A path, to list everything below it. Filters match the beginning of a path.
 */
export interface ListDataPathsRequest {
  path: string;
  include?: (string | string[]) | null;
  exclude?: (string | string[]) | null;
}

/**
 * A path, to find everything below it that has not changed for a long time.
 */
export interface OutdatedDataPathScannerRequest {
  path: string;
  days_since_last_accessed?: number | string;
  max_depth?: (number | string) | null;
  min_depth?: (number | string) | null;
  min_size_bytes_allowed?: number | string;
  current_time?: string | number;
}

/**
 * A JSON document to read.
 */
export interface GetJsonFromFileRequest {
  path: string;
}

/**
 * A JSON document to write. Without a path, it goes to the bucket of temporary objects.
 */
export interface PutJsonToFileRequest {
  content: unknown;
  path?: string | null;
}

/**
 * Ages and sizes of a sweep. The input of the sweeping state machine.
 */
export interface SweepRequest {
  dry_run?: boolean | (0 | 1) | string;
  volumes: {
    path?: string | null;
    role: 'scratch' | 'shared' | 'tmp';
    days_since_last_accessed: number | string;
    min_depth?: number | string;
    max_depth?: number | string;
    min_size_bytes_allowed?: number | string;
    max_size_bytes?: (number | string) | null;
  }[];
  kept_days?: number | string;
  unowned?: boolean | (0 | 1) | string;
  upload_days?: number | string;
  revisions_kept?: number | string;
}

/**
 * The status of a demand: the detail of the events on the bus.
 */
export interface DemandStatusEvent {
  version: 1;
  id: string;
  status: 'REFUSED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  sequence: number;
  changed_at: string;
  execution_id?: string;
  attempt?: number;
  execution_arn?: string;
  state_machine_arn?: string;
  request_event_id?: string;
  execution_type?: string;
  user?: string;
  tags?: {
    [k: string]: string;
  };
  notify_on?: {
    [k: string]: boolean;
  };
  notify_list?: string[];
  started_at?: string;
  stopped_at?: string;
  duration_ms?: number;
  outputs?: {
    name: string;
    uri: string;
    files?: number;
    bytes?: number;
  }[];
  transferred?: {
    inputs?: {
      files: number;
      bytes: number;
    };
    outputs?: {
      files: number;
      bytes: number;
    };
  };
  job?: {
    id: string;
    name?: string;
    jobs?: {
      job_id: string;
      memory?: number;
      exit_code?: number;
      reason?: string;
      rule?: string;
    }[];
  };
  waiting?: {
    job_id: string;
    since: string;
    reason?: string;
    message?: string;
  };
  failure?: {
    error: string;
    message: string;
    exit_code?: number;
    job_id?: string;
    log_stream?: string;
    jobs?: {
      job_id: string;
      memory?: number;
      exit_code?: number;
      reason?: string;
      rule?: string;
    }[];
    execution_arn?: string;
  };
  problems?: {
    pointer: string;
    message: string;
    remedy: string;
  }[];
  ignored_fields?: string[];
  removal_failure?: {
    error: string;
    message: string;
    exit_code?: number;
    job_id?: string;
    log_stream?: string;
    jobs?: {
      job_id: string;
      memory?: number;
      exit_code?: number;
      reason?: string;
      rule?: string;
    }[];
    execution_arn?: string;
  };
  links?: {
    execution?: string;
  };
  shortened?: string[];
}
