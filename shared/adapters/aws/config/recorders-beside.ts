import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import type { Recorders } from '../../../domain/requests/recorder.ts';
import type { ClientSettings } from '../clients/client-settings.ts';
import { recorders } from './recorders.ts';

/** AWS Config's recorders for a person, with the settings of the other clients: nobody is asked for a code twice. */
export const recordersBeside = (settings: ClientSettings): Recorders => recorders(new ConfigServiceClient(settings));
