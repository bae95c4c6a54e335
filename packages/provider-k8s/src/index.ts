export { capabilities } from "./capabilities.ts"
export type { K8sConfig } from "./kubeconfig.ts"
export { layer } from "./layer.ts"
