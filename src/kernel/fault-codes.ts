import { captureFaults } from './fault-codes/capture.ts';
import { logFaults } from './fault-codes/log.ts';
import { packFaults } from './fault-codes/pack.ts';
import { profileFaults } from './fault-codes/profile.ts';
import { textFaults } from './fault-codes/text.ts';
import { useFaults } from './fault-codes/use.ts';

/** Every code that a person may meet. A test asks that every code is used and that every used code is here. */
export const faultCodes = {
  ...textFaults,
  ...packFaults,
  ...profileFaults,
  ...captureFaults,
  ...logFaults,
  ...useFaults,
};

export type FaultCode = keyof typeof faultCodes;
