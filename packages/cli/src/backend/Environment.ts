import { Config } from "effect"

const text = (name: string) => Config.option(Config.String(name))

/** What the environment says about backends. The tools' own variables (`AWS_REGION`, `KUBECONFIG`, `CONDOR_CONFIG`) count too. */
export const Environment = Config.all({
  awsRegion: text("AWS_REGION"),
  awsEndpoint: text("AWS_ENDPOINT_URL"),
  awsKey: text("AWS_ACCESS_KEY_ID"),
  awsSecret: Config.option(Config.Redacted("AWS_SECRET_ACCESS_KEY")),
  awsImage: text("COMPUTE_AWS_IMAGE"),
  kubeconfig: text("KUBECONFIG"),
  simSeed: Config.Int("COMPUTE_SIM_SEED").pipe(Config.withDefault(0)),
  simState: text("COMPUTE_SIM_STATE"),
  condorConfig: text("CONDOR_CONFIG"),
  condorBin: text("COMPUTE_CONDOR_BIN"),
  condorDirectory: Config.String("COMPUTE_CONDOR_DIRECTORY").pipe(Config.withDefault("/var/lib/compute/jobs"))
})
