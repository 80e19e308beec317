using FluentValidation;
using WorkspaceService.Infrastructure.Domain;
using WorkspaceService.Infrastructure.Pipeline;

namespace WorkspaceService.Features.AuditLogs;

public static partial class ExportAuditLogs
{
    private sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.OrganizationId).NotEmpty().WithMessage("must name the organization.");
            RuleFor(q => q.Format).OneOf("jsonl", "csv");
            RuleFor(q => q.ActorId).FilterText();
            RuleFor(q => q.ActorType).OneOf(AuditLog.ActorTypes);
            RuleFor(q => q.Action).FilterText();
            RuleFor(q => q.Outcome).OneOf(AuditLog.Outcomes);
            RuleFor(q => q.From).Time();
            RuleFor(q => q.To).Time();
            RuleFor(q => q.To)
                .Must((q, _) => TimeOf(q.From) is not { } from || TimeOf(q.To) is not { } to || from <= to)
                .WithMessage("must not lie before from.");
        }
    }
}
