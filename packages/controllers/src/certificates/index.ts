import type { ControllerDefinition } from '../runtime/controller.ts';
import { requestApprover } from './approve_request.ts';
import { requestCleaner } from './clean_requests.ts';
import { requestSigner } from './sign_request.ts';

export const certificatesController: ControllerDefinition = {
  name: 'certificatesigningrequest-controller',
  component: 'certificate-controller',
  create: (context) => [
    requestApprover(context),
    requestCleaner(context),
    ...(context.config.signCertificate ? [requestSigner(context, context.config.signCertificate)] : []),
  ],
};
