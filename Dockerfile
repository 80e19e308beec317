# The SDK runs on the machine that builds and compiles for the machine that will run the image.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source

# Packages are restored before the sources come, so that a change of the sources alone restores nothing again.
COPY WorkspaceService.csproj packages.lock.json ./
RUN dotnet restore --locked-mode -a ${TARGETARCH:-x64} -p:PublishReadyToRun=true

COPY Program.cs appsettings.json ./
COPY Infrastructure Infrastructure
COPY Features Features
RUN dotnet publish --no-restore -a ${TARGETARCH:-x64} -c Release --self-contained false \
        -p:PublishReadyToRun=true -p:RunAnalyzers=false -o /app \
    && mkdir /data

# No shell and no package manager; it has the ICU data that names are folded with.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=$APP_UID:$APP_UID /data /data

ENV ASPNETCORE_HTTP_PORTS=8080 \
    ConnectionStrings__Workspaces="Data Source=/data/workspaces.db" \
    DOTNET_EnableDiagnostics=0
EXPOSE 8080
VOLUME /data
USER $APP_UID
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["dotnet", "WorkspaceService.dll", "--healthcheck"]
ENTRYPOINT ["dotnet", "WorkspaceService.dll"]
