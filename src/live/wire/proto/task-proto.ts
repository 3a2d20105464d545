/** Messages for tasks, their checks and their statuses, as a protobuf schema: see mesos-proto.ts. */
export const TASK_PROTO = `
syntax = "proto2";
package mesos.v1;

message CheckInfo {
  enum Type { UNKNOWN = 0; COMMAND = 1; HTTP = 2; TCP = 3; }
  message Command { required CommandInfo command = 1; }
  message Http { required uint32 port = 1; optional string path = 2; }
  message Tcp { required uint32 port = 1; }
  optional Type type = 1;
  optional Command command = 2;
  optional Http http = 3;
  optional double delay_seconds = 4 [default = 15.0];
  optional double interval_seconds = 5 [default = 10.0];
  optional double timeout_seconds = 6 [default = 20.0];
  optional Tcp tcp = 7;
}

message HealthCheck {
  enum Type { UNKNOWN = 0; COMMAND = 1; HTTP = 2; TCP = 3; }
  message HTTPCheckInfo {
    required uint32 port = 1;
    optional string path = 2;
    optional string scheme = 3;
    repeated uint32 statuses = 4;
  }
  message TCPCheckInfo { required uint32 port = 1; }
  optional HTTPCheckInfo http = 1;
  optional double delay_seconds = 2 [default = 15.0];
  optional double interval_seconds = 3 [default = 10.0];
  optional double timeout_seconds = 4 [default = 20.0];
  optional uint32 consecutive_failures = 5 [default = 3];
  optional double grace_period_seconds = 6 [default = 10.0];
  optional CommandInfo command = 7;
  optional Type type = 8;
  optional TCPCheckInfo tcp = 9;
}

message Port {
  required uint32 number = 1;
  optional string name = 2;
  optional string protocol = 3;
  optional DiscoveryInfo.Visibility visibility = 4;
  optional Labels labels = 5;
}
message Ports { repeated Port ports = 1; }

message DiscoveryInfo {
  enum Visibility { FRAMEWORK = 0; CLUSTER = 1; EXTERNAL = 2; }
  required Visibility visibility = 1;
  optional string name = 2;
  optional string environment = 3;
  optional string location = 4;
  optional string version = 5;
  optional Ports ports = 6;
  optional Labels labels = 7;
}

message ExecutorInfo {
  enum Type { UNKNOWN = 0; DEFAULT = 1; CUSTOM = 2; }
  required ExecutorID executor_id = 1;
  optional bytes data = 4;
  repeated Resource resources = 5;
  optional CommandInfo command = 7;
  optional FrameworkID framework_id = 8;
  optional string name = 9;
  optional string source = 10;
  optional ContainerInfo container = 11;
  optional DiscoveryInfo discovery = 12;
  optional DurationInfo shutdown_grace_period = 13;
  optional Labels labels = 14;
  optional Type type = 15;
}

message TaskInfo {
  required string name = 1;
  required TaskID task_id = 2;
  required AgentID agent_id = 3;
  repeated Resource resources = 4;
  optional ExecutorInfo executor = 5;
  optional bytes data = 6;
  optional CommandInfo command = 7;
  optional HealthCheck health_check = 8;
  optional ContainerInfo container = 9;
  optional Labels labels = 10;
  optional DiscoveryInfo discovery = 11;
  optional KillPolicy kill_policy = 12;
  optional CheckInfo check = 13;
  optional DurationInfo max_completion_time = 14;
  map<string, Value.Scalar> limits = 15;
}

message TaskGroupInfo { repeated TaskInfo tasks = 1; }

enum TaskState {
  TASK_STARTING = 0;
  TASK_RUNNING = 1;
  TASK_FINISHED = 2;
  TASK_FAILED = 3;
  TASK_KILLED = 4;
  TASK_LOST = 5;
  TASK_STAGING = 6;
  TASK_ERROR = 7;
  TASK_KILLING = 8;
  TASK_DROPPED = 9;
  TASK_UNREACHABLE = 10;
  TASK_GONE = 11;
  TASK_GONE_BY_OPERATOR = 12;
  TASK_UNKNOWN = 13;
}

message Task {
  required string name = 1;
  required TaskID task_id = 2;
  required FrameworkID framework_id = 3;
  optional ExecutorID executor_id = 4;
  required AgentID agent_id = 5;
  required TaskState state = 6;
  repeated Resource resources = 7;
  repeated TaskStatus statuses = 8;
  optional TaskState status_update_state = 9;
  optional bytes status_update_uuid = 10;
  optional Labels labels = 11;
  optional DiscoveryInfo discovery = 12;
  optional string user = 14;
  optional KillPolicy kill_policy = 16;
}

message TaskStatus {
  enum Source { SOURCE_MASTER = 0; SOURCE_AGENT = 1; SOURCE_EXECUTOR = 2; }
  enum Reason {
    REASON_COMMAND_EXECUTOR_FAILED = 0;
    REASON_EXECUTOR_TERMINATED = 1;
    REASON_EXECUTOR_UNREGISTERED = 2;
    REASON_FRAMEWORK_REMOVED = 3;
    REASON_GC_ERROR = 4;
    REASON_INVALID_FRAMEWORKID = 5;
    REASON_INVALID_OFFERS = 6;
    REASON_MASTER_DISCONNECTED = 7;
    REASON_CONTAINER_LIMITATION_MEMORY = 8;
    REASON_RECONCILIATION = 9;
    REASON_AGENT_DISCONNECTED = 10;
    REASON_AGENT_REMOVED = 11;
    REASON_AGENT_RESTARTED = 12;
    REASON_AGENT_UNKNOWN = 13;
    REASON_TASK_INVALID = 14;
    REASON_TASK_UNAUTHORIZED = 15;
    REASON_TASK_UNKNOWN = 16;
    REASON_CONTAINER_PREEMPTED = 17;
    REASON_RESOURCES_UNKNOWN = 18;
    REASON_CONTAINER_LIMITATION = 19;
    REASON_CONTAINER_LIMITATION_DISK = 20;
    REASON_CONTAINER_LAUNCH_FAILED = 21;
    REASON_CONTAINER_UPDATE_FAILED = 22;
    REASON_EXECUTOR_REGISTRATION_TIMEOUT = 23;
    REASON_EXECUTOR_REREGISTRATION_TIMEOUT = 24;
    REASON_TASK_GROUP_INVALID = 25;
    REASON_TASK_GROUP_UNAUTHORIZED = 26;
    REASON_IO_SWITCHBOARD_EXITED = 27;
    REASON_TASK_CHECK_STATUS_UPDATED = 28;
    REASON_TASK_HEALTH_CHECK_STATUS_UPDATED = 29;
    REASON_TASK_KILLED_DURING_LAUNCH = 30;
    REASON_AGENT_REMOVED_BY_OPERATOR = 31;
    REASON_AGENT_REREGISTERED = 32;
    REASON_MAX_COMPLETION_TIME_REACHED = 33;
    REASON_AGENT_DRAINING = 34;
  }
  required TaskID task_id = 1;
  required TaskState state = 2;
  optional bytes data = 3;
  optional string message = 4;
  optional AgentID agent_id = 5;
  optional double timestamp = 6;
  optional ExecutorID executor_id = 7;
  optional bool healthy = 8;
  optional Source source = 9;
  optional Reason reason = 10;
  optional bytes uuid = 11;
  optional Labels labels = 12;
  optional TimeInfo unreachable_time = 14;
}

enum OperationState {
  OPERATION_UNSUPPORTED = 0;
  OPERATION_PENDING = 1;
  OPERATION_FINISHED = 2;
  OPERATION_FAILED = 3;
  OPERATION_ERROR = 4;
  OPERATION_DROPPED = 5;
  OPERATION_UNREACHABLE = 6;
  OPERATION_GONE_BY_OPERATOR = 7;
  OPERATION_RECOVERING = 8;
  OPERATION_UNKNOWN = 9;
}

message OperationStatus {
  optional OperationID operation_id = 1;
  required OperationState state = 2;
  optional string message = 3;
  repeated Resource converted_resources = 4;
  optional UUID uuid = 5;
  optional AgentID agent_id = 6;
  optional ResourceProviderID resource_provider_id = 7;
}
`;
