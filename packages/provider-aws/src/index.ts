export type { AwsConfig } from "./Client.ts"
export { capabilities } from "./capabilities.ts"
export { classify } from "./classify.ts"
export { layer, machines } from "./layer.ts"
