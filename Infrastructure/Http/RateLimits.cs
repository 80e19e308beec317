using System.Globalization;
using System.Threading.RateLimiting;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Infrastructure.Http;

/// <summary>
/// A token bucket per API key: <c>Limits:RequestsPerMinute</c> tokens, refilled evenly over a minute; 0 is off. Sets
/// <c>RateLimit-Policy</c> and <c>RateLimit</c> (draft-ietf-httpapi-ratelimit-headers). Each instance counts
/// separately.
/// </summary>
public static class RateLimits
{
    public static IApplicationBuilder UseRateLimits(this IApplicationBuilder app)
    {
        var quota = app.ApplicationServices.GetRequiredService<Settings>().RequestsPerMinute;
        if (quota == 0)
        {
            return app;
        }

        var refill = TimeSpan.FromMinutes(1) / quota;
        var limiter = PartitionedRateLimiter.Create<string, string>(
            key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
            {
                TokenLimit = quota,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = refill,
                QueueLimit = 0,
                AutoReplenishment = true,
            }));

        return app.Use(async (http, next) =>
        {
            if (http.Features.Get<Caller>() is not { } caller)
            {
                await next(http);
                return;
            }

            using var lease = limiter.AttemptAcquire(caller.KeyId);
            var left = limiter.GetStatistics(caller.KeyId)?.CurrentAvailablePermits ?? 0;
            var full = (long)Math.Ceiling((quota - left) * refill.TotalSeconds);
            http.Response.Headers["RateLimit-Policy"] = string.Create(
                CultureInfo.InvariantCulture, $"\"default\";q={quota};w=60");
            http.Response.Headers["RateLimit"] = string.Create(
                CultureInfo.InvariantCulture, $"\"default\";r={left};t={full}");
            if (lease.IsAcquired)
            {
                await next(http);
                return;
            }

            http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(refill.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
            var fault = new Fault(
                FaultKind.TooMany,
                "rate_limited",
                $"This key may make {quota} requests a minute; wait for Retry-After.");
            await Surface.Of(http.Request).WriteErrorAsync(http, fault);
        });
    }
}
