/** What a storage backend or an operating system can do. Static, declared by its type, never probed: an outage cannot
 *  change what is admitted. */
export const backendCapabilities = [
  'SupportsRWX',
  'SupportsClone',
  'SupportsSnapshot',
  'SupportsReplication',
  'SupportsQuorum',
  'SupportsDisklessAccess',
] as const;
export type BackendCapability = (typeof backendCapabilities)[number];

export const osCapabilities = [
  'BootRecoveryHooks',
  'PersistentNetworkConfig',
  'KernelTuning',
  'ImageFallback',
] as const;
export type OsCapability = (typeof osCapabilities)[number];

export type Capability = BackendCapability | OsCapability;

export const backends = {
  piraeus: [
    'SupportsRWX',
    'SupportsClone',
    'SupportsSnapshot',
    'SupportsReplication',
    'SupportsQuorum',
    'SupportsDisklessAccess',
  ],
  'local-path': [],
} as const satisfies Record<string, readonly BackendCapability[]>;
export type Backend = keyof typeof backends;

/** Kairos keeps /etc/systemd/network over restarts but rewrites what a cloud-config in /oem writes early, so it has
 *  persistent network configuration only because the agent writes both places. */
export const operatingSystems = {
  kairos: ['BootRecoveryHooks', 'PersistentNetworkConfig', 'KernelTuning', 'ImageFallback'],
  ubuntu: ['PersistentNetworkConfig', 'KernelTuning'],
} as const satisfies Record<string, readonly OsCapability[]>;
export type OperatingSystem = keyof typeof operatingSystems;
