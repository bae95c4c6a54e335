export { Compute } from "./Compute.ts"
export type {
  AutoscaleOptions,
  ComputeOptions,
  DistributeOptions,
  Manifest,
  ManifestToleration
} from "./ComputeOptions.ts"
export { companionsOf, uploadsOf } from "./companions.ts"
export { type Brought, type BroughtOptions, fromManifest } from "./fromManifest.ts"
export { Image, images, type Layer } from "./Image.ts"
export { defaultLogging, type LoggingConfig, logLevels, type ServiceLogLine, shownLine } from "./LoggingConfig.ts"
export type { LaunchOptions } from "./live/launch.ts"
export { type ServicePod, Services, type Terminal } from "./live/Services.ts"
export { endpointOf, serviceNameOf } from "./names.ts"
export { podTemplatePath, readManifest, type ServiceView } from "./readManifest.ts"
export { type ProviderSecretOptions, Secret, type SecretProvider, secretProviders } from "./Secret.ts"
export { inSurroundings, type Surroundings } from "./surroundings.ts"
export { toManifest } from "./toManifest.ts"
export type { TrainingKind } from "./training.ts"
export { accessModes, claimOf, mountPathOf, sharedStorageClass, Volume } from "./Volume.ts"
export { warningsOf } from "./warningsOf.ts"
