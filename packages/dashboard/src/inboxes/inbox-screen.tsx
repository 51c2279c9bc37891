/** One inbox: its settings in tabs. */
import { useNavigate } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useRouteParams } from '../route-paths.ts';
import { SettingsPage } from '../settings/page.tsx';
import { Skeleton } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Configuration } from './configuration.tsx';
import { General } from './general.tsx';
import { Hours } from './hours.tsx';
import { Members } from './members.tsx';
import { type InboxDocument, useInbox } from './use-inbox.ts';
import { InboxWebhook } from './webhook.tsx';
import { useInboxWords } from './words.ts';

const tabs = ['configuration', 'general', 'hours', 'members', 'webhook'] as const;
type Tab = (typeof tabs)[number];

/** The component of each tab. */
const documents: Record<Tab, ComponentType<InboxDocument>> = {
  configuration: Configuration,
  general: General,
  hours: Hours,
  members: Members,
  webhook: InboxWebhook,
};

/** The tab is part of the path; an unknown one shows the first. */
export function Screen() {
  const t = useInboxWords();
  const navigate = useNavigate();
  const { id = '', tab: asked } = useRouteParams();
  const tab = tabs.find((one) => one === asked) ?? 'configuration';
  const { data: inbox, error, refetch, ...act } = useInbox(Number(id));
  const Shown = documents[tab];
  return (
    <SettingsPage
      title={inbox?.name ?? <Skeleton className="h-6 w-40" />}
      back={{ to: '/settings/inboxes', label: t('back') }}
      administrator
    >
      {error ? (
        <ErrorState error={error} title={t('inboxFailed')} onRetry={() => void refetch()} />
      ) : (
        <div className="flex flex-col gap-8">
          <div className="-mx-2 overflow-x-auto">
            <Tabs
              value={tab}
              label={t('tabs')}
              tabs={tabs.map((value) => ({ value, label: t(value) }))}
              onChange={(next) => void navigate({ to: `/settings/inboxes/${id}/${next}`, replace: true })}
            />
          </div>
          <div className="flex flex-col gap-8">
            {inbox ? (
              <Shown key={inbox.id} inbox={inbox} save={act.save} put={act.put} />
            ) : (
              <DocumentSkeleton />
            )}
          </div>
        </div>
      )}
    </SettingsPage>
  );
}

/** Three fields that stand for the tab. */
function DocumentSkeleton() {
  return (
    <div className="flex flex-col gap-6">
      {[1, 2, 3].map((field) => (
        <div key={field} className="flex flex-col gap-2">
          <Skeleton className="h-3 w-32" />
          <Skeleton className="h-8" />
          <Skeleton className="h-2.5 w-64" />
        </div>
      ))}
    </div>
  );
}
