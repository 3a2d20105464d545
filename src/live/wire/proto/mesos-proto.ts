/**
 * The messages that are common to the scheduler API and the operator API, as a protobuf schema. Names, numbers and types are
 * those of Mesos (include/mesos/v1/mesos.proto). Unused members are omitted, because protobuf skips unknown fields. Of
 * `ContainerInfo`, only its presence is used.
 */
export const MESOS_PROTO = `
syntax = "proto2";
package mesos.v1;

message FrameworkID { required string value = 1; }
message OfferID { required string value = 1; }
message AgentID { required string value = 1; }
message TaskID { required string value = 1; }
message ExecutorID { required string value = 1; }
message OperationID { required string value = 1; }
message ResourceProviderID { required string value = 1; }
message UUID { required bytes value = 1; }

message TimeInfo { required int64 nanoseconds = 1; }
message DurationInfo { required int64 nanoseconds = 1; }
message Parameter { required string key = 1; required string value = 2; }
message Label { required string key = 1; optional string value = 2; }
message Labels { repeated Label labels = 1; }

message Address {
  optional string hostname = 1;
  optional string ip = 2;
  required int32 port = 3;
}

message URL {
  required string scheme = 1;
  required Address address = 2;
  optional string path = 3;
  repeated Parameter query = 4;
  optional string fragment = 5;
}

message Unavailability {
  required TimeInfo start = 1;
  optional DurationInfo duration = 2;
}

message MachineID {
  optional string hostname = 1;
  optional string ip = 2;
}

message DomainInfo {
  message FaultDomain {
    message RegionInfo { required string name = 1; }
    message ZoneInfo { required string name = 1; }
    required RegionInfo region = 1;
    required ZoneInfo zone = 2;
  }
  optional FaultDomain fault_domain = 1;
}

message OfferFilters {
  message ResourceQuantities { map<string, Value.Scalar> quantities = 1; }
  message MinAllocatableResources { repeated ResourceQuantities quantities = 1; }
  optional MinAllocatableResources min_allocatable_resources = 1;
}

message FrameworkInfo {
  message Capability {
    enum Type {
      UNKNOWN = 0;
      REVOCABLE_RESOURCES = 1;
      TASK_KILLING_STATE = 2;
      GPU_RESOURCES = 3;
      SHARED_RESOURCES = 4;
      PARTITION_AWARE = 5;
      MULTI_ROLE = 6;
      RESERVATION_REFINEMENT = 7;
      REGION_AWARE = 8;
    }
    optional Type type = 1;
  }
  required string user = 1;
  required string name = 2;
  optional FrameworkID id = 3;
  optional double failover_timeout = 4 [default = 0.0];
  optional bool checkpoint = 5 [default = false];
  optional string role = 6 [default = "*"];
  optional string hostname = 7;
  optional string principal = 8;
  optional string webui_url = 9;
  repeated Capability capabilities = 10;
  optional Labels labels = 11;
  repeated string roles = 12;
  map<string, OfferFilters> offer_filters = 13;
}

message MasterInfo {
  message Capability {
    enum Type { UNKNOWN = 0; AGENT_UPDATE = 1; AGENT_DRAINING = 2; QUOTA_V2 = 3; }
    optional Type type = 1;
  }
  required string id = 1;
  required uint32 ip = 2;
  required uint32 port = 3;
  optional string pid = 4;
  optional string hostname = 5;
  optional string version = 6;
  optional Address address = 7;
  optional DomainInfo domain = 8;
  repeated Capability capabilities = 9;
}

message AgentInfo {
  required string hostname = 1;
  repeated Resource resources = 3;
  repeated Attribute attributes = 5;
  optional AgentID id = 6;
  optional int32 port = 8 [default = 5051];
  optional DomainInfo domain = 10;
}

message Value {
  enum Type { SCALAR = 0; RANGES = 1; SET = 2; TEXT = 3; }
  message Scalar { required double value = 1; }
  message Range { required uint64 begin = 1; required uint64 end = 2; }
  message Ranges { repeated Range range = 1; }
  message Set { repeated string item = 1; }
  message Text { required string value = 1; }
}

message Attribute {
  required string name = 1;
  required Value.Type type = 2;
  optional Value.Scalar scalar = 3;
  optional Value.Ranges ranges = 4;
  optional Value.Text text = 5;
  optional Value.Set set = 6;
}

message Volume {
  enum Mode { RW = 1; RO = 2; }
  required string container_path = 1;
  optional string host_path = 2;
  required Mode mode = 3;
}

message Resource {
  message AllocationInfo { optional string role = 1; }
  message ReservationInfo {
    enum Type { UNKNOWN = 0; STATIC = 1; DYNAMIC = 2; }
    optional string principal = 1;
    optional Labels labels = 2;
    optional string role = 3;
    optional Type type = 4;
  }
  message DiskInfo {
    message Persistence {
      required string id = 1;
      optional string principal = 2;
    }
    message Source {
      enum Type { UNKNOWN = 0; PATH = 1; MOUNT = 2; BLOCK = 3; RAW = 4; }
      message Path { optional string root = 1; }
      message Mount { optional string root = 1; }
      required Type type = 1;
      optional Path path = 2;
      optional Mount mount = 3;
      optional string id = 4;
      optional string profile = 6;
    }
    optional Persistence persistence = 1;
    optional Volume volume = 2;
    optional Source source = 3;
  }
  message RevocableInfo {}
  message SharedInfo {}
  required string name = 1;
  required Value.Type type = 2;
  optional Value.Scalar scalar = 3;
  optional Value.Ranges ranges = 4;
  optional Value.Set set = 5;
  optional string role = 6 [default = "*"];
  optional DiskInfo disk = 7;
  optional ReservationInfo reservation = 8;
  optional RevocableInfo revocable = 9;
  optional SharedInfo shared = 10;
  optional AllocationInfo allocation_info = 11;
  optional ResourceProviderID provider_id = 12;
  repeated ReservationInfo reservations = 13;
}

message Environment {
  message Variable {
    enum Type { UNKNOWN = 0; VALUE = 1; SECRET = 2; }
    required string name = 1;
    optional string value = 2;
    optional Type type = 3 [default = VALUE];
  }
  repeated Variable variables = 1;
}

message CommandInfo {
  message URI {
    required string value = 1;
    optional bool executable = 2;
    optional bool extract = 3 [default = true];
    optional bool cache = 4;
    optional string output_file = 5;
  }
  repeated URI uris = 1;
  optional Environment environment = 2;
  optional string value = 3;
  optional string user = 5;
  optional bool shell = 6 [default = true];
  repeated string arguments = 7;
}

message KillPolicy { optional DurationInfo grace_period = 1; }
message ContainerInfo {}

message Filters { optional double refuse_seconds = 1 [default = 5.0]; }
message Request { optional AgentID agent_id = 1; repeated Resource resources = 2; }

message Offer {
  message Operation {
    enum Type {
      UNKNOWN = 0;
      LAUNCH = 1;
      RESERVE = 2;
      UNRESERVE = 3;
      CREATE = 4;
      DESTROY = 5;
      LAUNCH_GROUP = 6;
      GROW_VOLUME = 11;
      SHRINK_VOLUME = 12;
      CREATE_DISK = 13;
      DESTROY_DISK = 14;
    }
    message Launch { repeated TaskInfo task_infos = 1; }
    message LaunchGroup {
      required ExecutorInfo executor = 1;
      required TaskGroupInfo task_group = 2;
    }
    message Reserve { repeated Resource resources = 1; repeated Resource source = 2; }
    message Unreserve { repeated Resource resources = 1; }
    message Create { repeated Resource volumes = 1; }
    message Destroy { repeated Resource volumes = 1; }
    optional Type type = 1;
    optional Launch launch = 2;
    optional Reserve reserve = 3;
    optional Unreserve unreserve = 4;
    optional Create create = 5;
    optional Destroy destroy = 6;
    optional LaunchGroup launch_group = 7;
    optional OperationID id = 12;
  }
  required OfferID id = 1;
  required FrameworkID framework_id = 2;
  required AgentID agent_id = 3;
  required string hostname = 4;
  repeated Resource resources = 5;
  repeated ExecutorID executor_ids = 6;
  repeated Attribute attributes = 7;
  optional URL url = 8;
  optional Unavailability unavailability = 9;
  optional Resource.AllocationInfo allocation_info = 10;
  optional DomainInfo domain = 11;
}

message InverseOffer {
  required OfferID id = 1;
  optional URL url = 2;
  required FrameworkID framework_id = 3;
  optional AgentID agent_id = 4;
  required Unavailability unavailability = 5;
  repeated Resource resources = 6;
}

message WeightInfo { required double weight = 1; optional string role = 2; }
message Flag { required string name = 1; optional string value = 2; }
message Metric { required string name = 1; optional double value = 2; }

message VersionInfo {
  required string version = 1;
  optional string build_date = 2;
  optional double build_time = 3;
  optional string build_user = 4;
  optional string git_sha = 5;
}

message Role {
  required string name = 1;
  required double weight = 2;
  repeated FrameworkID frameworks = 3;
  repeated Resource resources = 4;
}

enum DrainState { UNKNOWN = 0; DRAINING = 1; DRAINED = 2; }
message DrainConfig { optional DurationInfo max_grace_period = 1; optional bool mark_gone = 2 [default = false]; }
message DrainInfo { required DrainState state = 1; required DrainConfig config = 2; }
`;
