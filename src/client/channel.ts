/** How messages travel between a page and the broker. Browsers differ; nothing beyond this file's users knows how. */
import type { CarryMessage } from '../shared/carry-contract.ts';
import type { PageMessage } from '../shared/page-contract.ts';

/** An open channel to the broker. Its opener sets `onMessage` and `onClose` before awaiting anything else. */
export interface Channel {
  /** @throws DataCloneError or TypeError for a message that the browser cannot copy */
  post(message: PageMessage | CarryMessage): void;
  onMessage: (message: unknown) => void;
  /** The other end is gone: worker stopped, extension updated, disabled or never there. */
  onClose: () => void;
  /** Gives the channel up; `onClose` is not called for it. */
  close(): void;
}

/** Opens a channel anew; `undefined` when there is nobody to open it to. */
export type OpenChannel = () => Promise<Channel | undefined>;
