using FluentValidation;
using WorkspaceService.Infrastructure.Contracts;
using WorkspaceService.Infrastructure.Database;
using WorkspaceService.Infrastructure.Database.Caching;
using WorkspaceService.Infrastructure.Database.Sqlite;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Hosting;
using WorkspaceService.Infrastructure.Hosting.Logging;
using WorkspaceService.Infrastructure.Http;
using WorkspaceService.Infrastructure.Json;
using WorkspaceService.Infrastructure.OpenApi;
using WorkspaceService.Infrastructure.Pipeline;
using WorkspaceService.Infrastructure.Security;
using WorkspaceService.Infrastructure.Surfaces;

namespace WorkspaceService.Features.ServiceLines;

public static partial class CreateServiceLine
{
    private sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.WorkspaceId).NotEmpty().WithMessage("Name the workspace.");
            RuleFor(c => c.Name).Name();
            RuleFor(c => c.ProductLine).NotEmpty().WithMessage("Name the product line.")
                .OneOf(ServiceLineRules.ProductLines);
            RuleFor(c => c.ExecutionModel).NotEmpty().WithMessage("Name the execution model.")
                .OneOf(ServiceLineRules.ExecutionModels);
            RuleFor(c => c.BillingModel).NotEmpty().WithMessage("Name the billing model.")
                .OneOf(ServiceLineRules.BillingModels);
            RuleFor(c => c.SubscriptionId).SubscriptionId();
            RuleFor(c => c.ProjectTags).ProjectTags();
            RuleFor(c => c.Config).SmallObject();
        }
    }
}
