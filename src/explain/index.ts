/** The door of this room: what can be explained, and what can be advised. */

export type { Advice, AdviceFacts, ResetCause } from "./advice/advice.ts";
export { adviceFor } from "./advice.ts";
export { ephemeralPorts } from "./effects/opening.ts";
export { explainIndex, explainText } from "./explain-text.ts";
export { findTopic, suggestTopics } from "./find-topic.ts";
export {
  fastPathRtoMs,
  finWait2LifeMs,
  orphanEndMs,
  retryBudgetMs,
  retryEndMs,
  synEndMs,
} from "./retry-budget.ts";
export { sysctlEffect, sysctlNames, sysctlSentence } from "./sysctl-effect.ts";
export {
  type Folklore,
  type SysctlValues,
  type Topic,
  type TopicKind,
  topicKinds,
} from "./topic.ts";
export { topics } from "./topics/index.ts";
