/**
 * Published on-demand prices of common Linux machines in us-east-1, in millionths of a US dollar an hour. EC2's own API does
 * not tell prices; other regions differ by some percent, and `AwsConfig.microUsdPerHour` goes before this table.
 */
export const onDemandMicroUsdPerHour: Readonly<Record<string, number>> = {
  "t3.micro": 10_400,
  "t3.small": 20_800,
  "t3.medium": 41_600,
  "t3.large": 83_200,
  "m5.large": 96_000,
  "m5.xlarge": 192_000,
  "m5.2xlarge": 384_000,
  "m5.4xlarge": 768_000,
  "m6i.large": 96_000,
  "m6i.xlarge": 192_000,
  "m6i.2xlarge": 384_000,
  "c5.large": 85_000,
  "c5.xlarge": 170_000,
  "c5.2xlarge": 340_000,
  "c5.4xlarge": 680_000,
  "c5.9xlarge": 1_530_000,
  "c6i.xlarge": 170_000,
  "c6i.2xlarge": 340_000,
  "r5.large": 126_000,
  "r5.xlarge": 252_000,
  "r5.2xlarge": 504_000,
  "g4dn.xlarge": 526_000,
  "g4dn.2xlarge": 752_000,
  "g5.xlarge": 1_006_000,
  "g5.2xlarge": 1_212_000,
  "g6.2xlarge": 977_600,
  "p3.2xlarge": 3_060_000,
  "p3.8xlarge": 12_240_000
}
