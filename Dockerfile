# The image of `hoory serve`. It runs as the user node, writes only below /data (and /tmp), and needs no network but its clients, its
# database and what the settings name.
FROM node:24-trixie-slim AS build
# better-sqlite3 is compiled where its binary cannot be downloaded.
RUN apt-get update && apt-get install -qy --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json ./
COPY packages/contract/package.json packages/contract/
COPY packages/sdk/package.json packages/sdk/
COPY packages/server/package.json packages/server/
COPY packages/dashboard/package.json packages/dashboard/
COPY packages/chaos/package.json packages/chaos/
COPY examples/chat/package.json examples/chat/
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run --silent pack && npm install --prefix /opt/hoory --no-audit --no-fund ./dist/hoory-[0-9]*.tgz

FROM node:24-trixie-slim
# pg_dump and pg_restore 17, for backups of PostgreSQL up to 17.
RUN apt-get update && apt-get install -qy --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/* \
  && mkdir /data && chown node:node /data
COPY --from=build /opt/hoory /opt/hoory
RUN ln -s /opt/hoory/node_modules/.bin/hoory /usr/local/bin/hoory
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 HOORY_DATA=/data
USER node
WORKDIR /data
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["hoory"]
CMD ["serve"]
