import { Redacted } from "effect"
import type { AwsConfig } from "../src/index.ts"

/** The EC2 server that the runner of real tests started. */
export const endpoint = process.env.ORRERY_AWS_ENDPOINT ?? ""

/** How to reach it. The image is one of those the server knows from the start. */
export const config: AwsConfig = {
  endpoint,
  region: "us-east-1",
  accessKeyId: "test",
  secretAccessKey: Redacted.make("test"),
  image: "ami-03cf127a"
}
