"""What keeps the job queue itself healthy."""

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * * */20")
@app.task(queueing_lock="retry_stalled_jobs")
async def retry_stalled_jobs(timestamp: int) -> None:
    """The jobs of workers that were killed wait to be done again."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)
