/**
 * Calls, answers and events of the operator API, with the field numbers of Mesos (include/mesos/v1/master/master.proto, and
 * quota.proto, maintenance.proto and allocator.proto in include/mesos/v1).
 */
export const OPERATOR_PROTO = `
syntax = "proto2";
package mesos.v1.master;

message QuotaInfo {
  optional string role = 1;
  optional string principal = 2;
  repeated Resource guarantee = 3;
}
message QuotaRequest {
  optional bool force = 1;
  optional string role = 2;
  repeated Resource guarantee = 3;
}
message QuotaConfig {
  required string role = 1;
  map<string, Value.Scalar> guarantees = 2;
  map<string, Value.Scalar> limits = 3;
}
message QuotaStatus { repeated QuotaInfo infos = 1; repeated QuotaConfig configs = 2; }

message Window { repeated MachineID machine_ids = 1; required Unavailability unavailability = 2; }
message Schedule { repeated Window windows = 1; }

message InverseOfferStatus {
  enum Status { UNKNOWN = 1; ACCEPT = 2; DECLINE = 3; }
  required Status status = 1;
  required FrameworkID framework_id = 2;
  required TimeInfo timestamp = 3;
}
message ClusterStatus {
  message DrainingMachine { required MachineID id = 1; repeated InverseOfferStatus statuses = 2; }
  repeated DrainingMachine draining_machines = 1;
  repeated MachineID down_machines = 2;
}

message Call {
  enum Type {
    UNKNOWN = 0;
    GET_HEALTH = 1;
    GET_FLAGS = 2;
    GET_VERSION = 3;
    GET_METRICS = 4;
    GET_LOGGING_LEVEL = 5;
    SET_LOGGING_LEVEL = 6;
    LIST_FILES = 7;
    READ_FILE = 8;
    GET_STATE = 9;
    GET_AGENTS = 10;
    GET_FRAMEWORKS = 11;
    GET_EXECUTORS = 12;
    GET_TASKS = 13;
    GET_ROLES = 14;
    GET_WEIGHTS = 15;
    UPDATE_WEIGHTS = 16;
    GET_MASTER = 17;
    SUBSCRIBE = 18;
    RESERVE_RESOURCES = 19;
    UNRESERVE_RESOURCES = 20;
    CREATE_VOLUMES = 21;
    DESTROY_VOLUMES = 22;
    GET_MAINTENANCE_STATUS = 23;
    GET_MAINTENANCE_SCHEDULE = 24;
    UPDATE_MAINTENANCE_SCHEDULE = 25;
    START_MAINTENANCE = 26;
    STOP_MAINTENANCE = 27;
    GET_QUOTA = 28;
    SET_QUOTA = 29;
    REMOVE_QUOTA = 30;
    TEARDOWN = 31;
    MARK_AGENT_GONE = 32;
    GET_OPERATIONS = 33;
    GROW_VOLUME = 34;
    SHRINK_VOLUME = 35;
    UPDATE_QUOTA = 36;
    DRAIN_AGENT = 37;
    DEACTIVATE_AGENT = 38;
    REACTIVATE_AGENT = 39;
  }
  message GetMetrics { optional DurationInfo timeout = 1; }
  message UpdateWeights { repeated WeightInfo weight_infos = 1; }
  message ReserveResources { required AgentID agent_id = 1; repeated Resource resources = 2; }
  message UnreserveResources { required AgentID agent_id = 1; repeated Resource resources = 2; }
  message CreateVolumes { required AgentID agent_id = 1; repeated Resource volumes = 2; }
  message DestroyVolumes { required AgentID agent_id = 1; repeated Resource volumes = 2; }
  message UpdateMaintenanceSchedule { required Schedule schedule = 1; }
  message StartMaintenance { repeated MachineID machines = 1; }
  message StopMaintenance { repeated MachineID machines = 1; }
  message SetQuota { required QuotaRequest quota_request = 1; }
  message RemoveQuota { required string role = 1; }
  message UpdateQuota { optional bool force = 1; repeated QuotaConfig quota_configs = 2; }
  message Teardown { required FrameworkID framework_id = 1; }
  message MarkAgentGone { required AgentID agent_id = 1; }
  message DrainAgent {
    required AgentID agent_id = 1;
    optional DurationInfo max_grace_period = 2;
    optional bool mark_gone = 3 [default = false];
  }
  message DeactivateAgent { required AgentID agent_id = 1; }
  message ReactivateAgent { required AgentID agent_id = 1; }
  optional Type type = 1;
  optional GetMetrics get_metrics = 2;
  optional UpdateWeights update_weights = 6;
  optional ReserveResources reserve_resources = 7;
  optional UnreserveResources unreserve_resources = 8;
  optional CreateVolumes create_volumes = 9;
  optional DestroyVolumes destroy_volumes = 10;
  optional UpdateMaintenanceSchedule update_maintenance_schedule = 11;
  optional StartMaintenance start_maintenance = 12;
  optional StopMaintenance stop_maintenance = 13;
  optional SetQuota set_quota = 14;
  optional RemoveQuota remove_quota = 15;
  optional Teardown teardown = 16;
  optional MarkAgentGone mark_agent_gone = 17;
  optional UpdateQuota update_quota = 20;
  optional DrainAgent drain_agent = 21;
  optional DeactivateAgent deactivate_agent = 22;
  optional ReactivateAgent reactivate_agent = 23;
}

message Response {
  enum Type {
    UNKNOWN = 0;
    GET_HEALTH = 1;
    GET_FLAGS = 2;
    GET_VERSION = 3;
    GET_METRICS = 4;
    GET_STATE = 8;
    GET_AGENTS = 9;
    GET_FRAMEWORKS = 10;
    GET_EXECUTORS = 11;
    GET_TASKS = 12;
    GET_ROLES = 13;
    GET_WEIGHTS = 14;
    GET_MASTER = 15;
    GET_MAINTENANCE_STATUS = 16;
    GET_MAINTENANCE_SCHEDULE = 17;
    GET_QUOTA = 18;
  }
  message GetHealth { required bool healthy = 1; }
  message GetFlags { repeated Flag flags = 1; }
  message GetVersion { required VersionInfo version_info = 1; }
  message GetMetrics { repeated Metric metrics = 1; }
  message GetState {
    optional GetTasks get_tasks = 1;
    optional GetExecutors get_executors = 2;
    optional GetFrameworks get_frameworks = 3;
    optional GetAgents get_agents = 4;
  }
  message GetAgents {
    message Agent {
      required AgentInfo agent_info = 1;
      required bool active = 2;
      required string version = 3;
      optional string pid = 4;
      optional TimeInfo registered_time = 5;
      optional TimeInfo reregistered_time = 6;
      repeated Resource total_resources = 7;
      repeated Resource allocated_resources = 8;
      repeated Resource offered_resources = 9;
      optional bool deactivated = 12;
      optional DrainInfo drain_info = 13;
      optional TimeInfo estimated_drain_start_time = 14;
    }
    repeated Agent agents = 1;
    repeated AgentInfo recovered_agents = 2;
  }
  message GetFrameworks {
    message Framework {
      required FrameworkInfo framework_info = 1;
      required bool active = 2;
      required bool connected = 3;
      optional TimeInfo registered_time = 4;
      optional TimeInfo reregistered_time = 5;
      optional TimeInfo unregistered_time = 6;
      repeated Offer offers = 7;
      repeated InverseOffer inverse_offers = 8;
      repeated Resource allocated_resources = 9;
      repeated Resource offered_resources = 10;
      required bool recovered = 11;
    }
    repeated Framework frameworks = 1;
    repeated Framework completed_frameworks = 2;
  }
  message GetExecutors {
    message Executor { required ExecutorInfo executor_info = 1; required AgentID agent_id = 2; }
    repeated Executor executors = 1;
  }
  message GetTasks {
    repeated Task pending_tasks = 1;
    repeated Task tasks = 2;
    repeated Task completed_tasks = 3;
    repeated Task unreachable_tasks = 5;
  }
  message GetRoles { repeated Role roles = 1; }
  message GetWeights { repeated WeightInfo weight_infos = 1; }
  message GetMaster {
    optional MasterInfo master_info = 1;
    optional double start_time = 2;
    optional double elected_time = 3;
  }
  message GetMaintenanceStatus { required ClusterStatus status = 1; }
  message GetMaintenanceSchedule { required Schedule schedule = 1; }
  message GetQuota { required QuotaStatus status = 1; }
  optional Type type = 1;
  optional GetHealth get_health = 2;
  optional GetFlags get_flags = 3;
  optional GetVersion get_version = 4;
  optional GetMetrics get_metrics = 5;
  optional GetState get_state = 9;
  optional GetAgents get_agents = 10;
  optional GetFrameworks get_frameworks = 11;
  optional GetExecutors get_executors = 12;
  optional GetTasks get_tasks = 13;
  optional GetRoles get_roles = 14;
  optional GetWeights get_weights = 15;
  optional GetMaster get_master = 16;
  optional GetMaintenanceStatus get_maintenance_status = 17;
  optional GetMaintenanceSchedule get_maintenance_schedule = 18;
  optional GetQuota get_quota = 19;
}

message Event {
  enum Type {
    UNKNOWN = 0;
    SUBSCRIBED = 1;
    TASK_ADDED = 2;
    TASK_UPDATED = 3;
    AGENT_ADDED = 4;
    AGENT_REMOVED = 5;
    FRAMEWORK_ADDED = 6;
    FRAMEWORK_UPDATED = 7;
    FRAMEWORK_REMOVED = 8;
    HEARTBEAT = 9;
  }
  message Subscribed { optional Response.GetState get_state = 1; optional double heartbeat_interval_seconds = 2; }
  message TaskAdded { required Task task = 1; }
  message TaskUpdated {
    required FrameworkID framework_id = 1;
    required TaskStatus status = 2;
    required TaskState state = 3;
  }
  message FrameworkAdded { required Response.GetFrameworks.Framework framework = 1; }
  message FrameworkUpdated { required Response.GetFrameworks.Framework framework = 1; }
  message FrameworkRemoved { required FrameworkInfo framework_info = 1; }
  message AgentAdded { required Response.GetAgents.Agent agent = 1; }
  message AgentRemoved { required AgentID agent_id = 1; }
  optional Type type = 1;
  optional Subscribed subscribed = 2;
  optional TaskAdded task_added = 3;
  optional TaskUpdated task_updated = 4;
  optional AgentAdded agent_added = 5;
  optional AgentRemoved agent_removed = 6;
  optional FrameworkAdded framework_added = 7;
  optional FrameworkUpdated framework_updated = 8;
  optional FrameworkRemoved framework_removed = 9;
}
`;
