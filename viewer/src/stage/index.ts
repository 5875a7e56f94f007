// The stage: where a customer's page is shown to the agent.

export { type OpsMeta, type StageEvents, type StageOptions, StageView, type TroubleReason } from './view.ts';
