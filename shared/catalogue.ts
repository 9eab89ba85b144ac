export { LEDGER_TABLE } from './adapters/aws/dynamodb/keys.ts';
export {
  type Conditions,
  FED_PERMISSIONS,
  type Grant,
  PERMISSIONS,
  type Resource,
  RUNTIME_PERMISSIONS,
} from './adapters/aws/permissions.ts';
export { DOORS, type Door, type DoorOf, type DoorSpec } from './catalogue/doors.ts';
export { EVENT_PATTERNS, ofRegions } from './catalogue/event-patterns.ts';
export {
  doorName,
  FUNCTIONS,
  type FunctionId,
  type FunctionSpec,
  functionName,
  STACK_NAME,
  WITH_BUTTONS,
  WITH_CHAT_TOPIC,
  WITH_SECURITY_HUB,
} from './catalogue/functions.ts';
export {
  CHAT_APIS,
  ENVIRONMENT,
  type EnvironmentSetting as Setting,
  METRIC_NAMESPACE,
  switchParameter,
} from './catalogue/settings.ts';
export {
  ALERT_QUEUE,
  CANARY,
  DEAD_LETTERS,
  type DeadLetterQueue,
  RECORDER_CHECK,
  SCHEDULE_MINUTES,
  SWEEPS,
} from './catalogue/triggers.ts';
export {
  CONFIG_SCHEDULES,
  CONFIG_SCOPE,
  type ConfigSchedule,
  configRules,
  configTriggers,
  type FamilyRule,
} from './controls/parts/families.ts';
export { CONTROLS } from './controls/registry.ts';
